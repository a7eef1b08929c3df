import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type EvaluationDocument, findOutput } from '@noema/evaluation';
import { DomainError } from '@noema/kernel/domain-error';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { datasets, epochs, explorations } from '../../api/clients.js';
import { loadColumns } from '../../api/point-columns.js';
import { readEvaluationFile } from '../../features/evaluation/evaluation-file.js';
import { readOutputClasses } from '../../features/runs/output-classes.query.js';
import { toOutputColumn } from '../../parts/output-column.js';
import { allPages } from '../../parts/pages.js';
import type { CrossFilter } from './dashboard.state.js';
import type { DashboardField } from './dashboard-fields.js';
import type { ChartCall, ScoreFile } from './dashboard-engine.js';
import { DashboardWorker } from './dashboard-worker.js';
import { renameColumns, toColumns, usedColumns } from './frame-columns.js';
import { listScoreVersions } from './score-fields.js';

/** A version of a dashboard: a run after an epoch. */
export interface ChosenVersion {
  readonly name: 'current' | 'previous';
  readonly run: Run;
  readonly epoch: number;
  /** Output that the fields are of; empty for the first one with the losses of all. */
  readonly output: string;
}

/** The column of the map of a version that has the values of a field. Throws `not-found` OUTPUT_NOT_FOUND. */
export function toMapColumn(
  { run: { displayName, objectives }, output }: Pick<ChosenVersion, 'run' | 'output'>,
  field: string,
): string {
  if (output !== '') findOutput(displayName, objectives, output);
  return toOutputColumn(
    field,
    output,
    objectives.map((one) => one.output),
  );
}

/** The columns of the versions in the worker; a version that changes starts anew. */
class FrameLoader {
  private started: DashboardWorker | undefined;
  private readonly frames = new Map<string, { key: string; columns: Set<string>; hasScores: boolean }>();
  private last: Promise<unknown> = Promise.resolve();
  private closing = new AbortController();

  get worker(): DashboardWorker {
    this.started ??= new DashboardWorker();
    return this.started;
  }

  /** Ends the worker and the loads of its columns; the next call starts another one. */
  close(): void {
    this.closing.abort();
    this.closing = new AbortController();
    this.started?.close();
    this.started = undefined;
    this.frames.clear();
    this.last = Promise.resolve();
  }

  /** Loads the columns and the scores that are missing, one version after the other. */
  ensure(
    versions: readonly ChosenVersion[],
    {
      names,
      fields,
      scores,
    }: {
      readonly names: readonly string[];
      readonly fields: readonly DashboardField[];
      /** Versions whose scores are read. */
      readonly scores: readonly string[];
    },
  ) {
    // A load that ends after `close` must not start another worker.
    const {
      worker,
      closing: { signal },
    } = this;
    const next = this.last.then(async () => {
      signal.throwIfAborted();
      for (const name of this.frames.keys())
        if (!versions.some((version) => version.name === name)) {
          this.frames.delete(name);
          await worker.closeVersion(name);
        }
      for (const version of versions) {
        await this.load(worker, version, { names, fields });
        const frame = this.frames.get(version.name);
        if (frame === undefined || frame.hasScores || !scores.includes(version.name)) continue;
        await worker.addScores(version.name, await loadScores(version, signal));
        frame.hasScores = true;
      }
    });
    this.last = next.catch(() => undefined);
    return next;
  }

  private async load(
    worker: DashboardWorker,
    version: ChosenVersion,
    { names, fields }: { readonly names: readonly string[]; readonly fields: readonly DashboardField[] },
  ): Promise<void> {
    const { name, run, epoch, output } = version;
    const key = JSON.stringify([run.id, epoch, output]);
    const known = this.frames.get(name);
    const isNew = known?.key !== key;
    const missing = names.filter((one) => isNew || !known.columns.has(one));
    if (!isNew && missing.length === 0) return;
    const map = await findMap(run, epoch);
    if (isNew) {
      await worker.open({ version: name, run: run.displayName, epoch, rows: map.pointCount });
      this.frames.set(name, { key, columns: new Set(), hasScores: false });
    }
    if (missing.length === 0) return;
    const sources = new Map(missing.map((field) => [field, toMapColumn(version, field)]));
    const columns = await loadColumns({
      explorationId: map.id,
      columns: [...sources.values()],
      isExact: true,
    });
    await worker.add(name, toColumns(renameColumns(columns, sources), fields));
    for (const one of missing) this.frames.get(name)?.columns.add(one);
  }
}

/** Bytes of an evaluation above which a dashboard does not read it. */
const MAX_EVALUATION = 1_000_000_000;

/** The evaluation of a version, or why a dashboard cannot read it. Throws the fault of the API. */
async function loadScores(
  { run, epoch: number, output }: ChosenVersion,
  signal: AbortSignal,
): Promise<ScoreFile> {
  const [epoch, data] = await Promise.all([
    epochs.getEpoch({ runId: run.id, epoch: number }),
    datasets.getDatasetVersion({ datasetVersionId: run.datasetVersionId }),
  ]);
  const bytes = Number(epoch.epoch?.evaluation?.sizeBytes ?? 0);
  if (epoch.epoch?.evaluation === undefined)
    return {
      fault: {
        reason: 'EVALUATION_MISSING',
        message:
          `epoch ${number} of ${run.displayName} stores no evaluation, which has the scores; ` +
          'choose another epoch',
      },
    };
  if (bytes > MAX_EVALUATION)
    return {
      fault: {
        reason: 'EVALUATION_TOO_LARGE',
        message:
          `the evaluation has ${Math.round(bytes / 1e6)} MB and a dashboard reads at most ${MAX_EVALUATION / 1e6}; ` +
          'the scores of all classes do not fit, write confusion or classes',
      },
    };
  return {
    bytes: await readEvaluationFile(epoch.epoch, signal),
    ...(output === ''
      ? { classNames: data.datasetVersion?.classNames ?? [] }
      : {
          output: run.objectives.findIndex((one) => one.output === output),
          classNames: await readOutputClasses({ runId: run.id, epoch: number, output }, signal),
        }),
  };
}

/** A ready map of all samples after an epoch, whose columns charts read. Throws `not-found` MAP_MISSING. */
async function findMap({ projectId, id: runId, displayName }: Run, epoch: number) {
  const maps = await allPages(
    (pageToken) => explorations.listExplorations({ projectId, runId, pageSize: 200, pageToken }),
    (page) => page.explorations,
  );
  const map = maps.find(
    (one) => one.epoch === epoch && one.state === JobState.SUCCEEDED && one.projectedOnto === '',
  );
  if (map !== undefined) return map;
  throw new DomainError(
    'not-found',
    'MAP_MISSING',
    `epoch ${epoch} of ${displayName} has no finished map, which holds the columns of the charts; choose an ` +
      'epoch with a map, or make the map of this one',
  );
}

/** A worker with the columns of the dashboard; it ends with the page. */
export function useFrameLoader(): FrameLoader {
  const [loader] = useState(() => new FrameLoader());
  useEffect(
    () => () => {
      loader.close();
    },
    [loader],
  );
  return loader;
}

/** The charts of a document, each with the filters of the other charts. */
export function toCalls(
  { charts, slices }: EvaluationDocument,
  filters: readonly CrossFilter[],
): ChartCall[] {
  return charts.map((chart, at) => {
    const slice = chart.on === undefined ? [] : [slices.get(chart.on)!.where];
    return {
      chart,
      own: [chart.where, ...slice].filter((text) => text.trim() !== ''),
      filters: [...slice, ...filters.filter((filter) => filter.chart !== at).map(({ where }) => where)],
    };
  });
}

/** The numbers of a dashboard; the ones before stay until new ones are computed. */
export function useDashboardResult(
  loader: FrameLoader,
  {
    document,
    versions,
    filters,
    fields,
  }: {
    document: EvaluationDocument | undefined;
    versions: readonly ChosenVersion[];
    filters: readonly CrossFilter[];
    /** With the fields of filters. */
    fields: readonly DashboardField[];
  },
) {
  const calls = useMemo(
    () => (document === undefined ? undefined : toCalls(document, filters)),
    [document, filters],
  );
  return useQuery({
    queryKey: [
      'dashboard-result',
      versions.map(({ name, run, epoch, output }) => [name, run.id, epoch, output]),
      calls,
      filters,
    ],
    staleTime: Infinity,
    gcTime: 0,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    queryFn:
      calls === undefined || versions.length === 0
        ? skipToken
        : async () => {
            const all = [...calls.flatMap((call) => call.filters), ...filters.map(({ where }) => where)];
            const charts = calls.map(({ chart }) => chart);
            await loader.ensure(versions, {
              names: usedColumns(charts, all, fields),
              fields,
              scores: listScoreVersions(
                charts,
                all,
                versions.map(({ name }) => name),
              ),
            });
            const computed = await loader.worker.compute(
              calls,
              filters.map(({ where }) => where),
            );
            // The document can change while the numbers of the one before stay.
            return { ...computed, charts: computed.charts.map((result, at) => ({ ...calls[at]!, result })) };
          },
  });
}

export type { FrameLoader };
