import { useCallback, useMemo } from 'react';
import { useAddressParams } from '../../parts/address/address-params.js';

/** A condition of a mark that was chosen; the chart of the mark itself is not filtered by it. */
export interface CrossFilter {
  /** Position of the chart. */
  readonly chart: number;
  /** Filter of docs/filters.md. */
  readonly where: string;
}

/** A run and an epoch; 0 is the last epoch. */
export interface VersionChoice {
  readonly runId: string;
  readonly epoch: number;
}

/** Everything that a dashboard shows; the address holds it. */
export interface DashboardState {
  /** YAML that differs from the saved or proposed text; undefined without changes. */
  readonly text: string | undefined;
  /** `current`; undefined for the newest run with an epoch. */
  readonly current: VersionChoice | undefined;
  /** `previous`. */
  readonly previous: VersionChoice | undefined;
  readonly filters: readonly CrossFilter[];
  readonly isEditing: boolean;
}

/** Reads a dashboard from the parameters of an address; what cannot be read is left out. */
export function readDashboard(params: URLSearchParams): DashboardState {
  return {
    text: params.get('doc') ?? undefined,
    current: readVersion(params.get('run')),
    previous: readVersion(params.get('before')),
    filters: params.getAll('f').flatMap((entry) => {
      const [, chart, where] = /^(\d+):(.+)$/s.exec(entry) ?? [];
      return where === undefined ? [] : [{ chart: Number(chart), where }];
    }),
    isEditing: params.has('edit'),
  };
}

/** Writes a dashboard as the parameters of an address. */
export function writeDashboard({
  text,
  current,
  previous,
  filters,
  isEditing,
}: DashboardState): URLSearchParams {
  const params = new URLSearchParams();
  if (current !== undefined) params.set('run', `${current.runId}:${current.epoch}`);
  if (previous !== undefined) params.set('before', `${previous.runId}:${previous.epoch}`);
  for (const { chart, where } of filters) params.append('f', `${chart}:${where}`);
  if (isEditing) params.set('edit', '');
  if (text !== undefined) params.set('doc', text);
  return params;
}

function readVersion(text: string | null): VersionChoice | undefined {
  const [, runId, epoch] = /^([\w-]+)(?::(\d+))?$/.exec(text ?? '') ?? [];
  return runId === undefined ? undefined : { runId, epoch: Number(epoch ?? 0) };
}

/** The filters after a mark was chosen: again the same mark takes its filter away, another one replaces it. */
export function toggleFilter(filters: readonly CrossFilter[], chosen: CrossFilter): CrossFilter[] {
  const others = filters.filter(({ chart }) => chart !== chosen.chart);
  const isOn = filters.some(({ chart, where }) => chart === chosen.chart && where === chosen.where);
  return isOn ? others : [...others, chosen];
}

/** The dashboard of the address, and a way to change a part of it. */
export function useDashboard(): readonly [DashboardState, (change: Partial<DashboardState>) => void] {
  const [params, setParams] = useAddressParams();
  const state = useMemo(() => readDashboard(params), [params]);
  const change = useCallback(
    (part: Partial<DashboardState>) => {
      setParams((now) => writeDashboard({ ...readDashboard(now), ...part }), {
        replace: part.filters === undefined,
        preventScrollReset: true,
      });
    },
    [setParams],
  );
  return [state, change];
}
