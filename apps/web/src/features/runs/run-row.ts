import { type KerasSpec, type Run, RunKind } from '@noema/contracts/noema/training/v1/run';
import { msBetween } from '../../parts/instants.js';
import { RUN_LOOKS } from '../../parts/states.js';
import { findHeadline, type Headline } from './headline.js';
import { judgedSplit } from './epoch-series.js';
import { plainName } from '../../parts/plain-name.js';

/** A setting of a run. */
export type Setting = string | number;

/** Display names of what runs start from, by id. */
export interface RunNames {
  readonly data: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, string>;
}

/** A run in a table: everything that can be sorted, filtered and grouped by. */
export interface RunRow {
  readonly run: Run;
  readonly state: string;
  readonly settings: ReadonlyMap<string, Setting>;
  /** The chosen metric after the last epoch. */
  readonly metric: Headline | undefined;
  /** Of the split that the run is judged by. */
  readonly loss: number | undefined;
  readonly durationMs: number | undefined;
}

/** The row of a run; without `metric` the first metric of its epochs counts. */
export function toRunRow(
  run: Run,
  { names, metric, nowMs }: { names: RunNames; metric: string | undefined; nowMs: number },
): RunRow {
  return {
    run,
    state: RUN_LOOKS[run.state].label,
    settings: readSettings(run, names),
    metric: findHeadline(run.lastEpoch, metric),
    loss: judgedSplit(run.lastEpoch)?.loss,
    durationMs: msBetween(run.createTime, run.endTime, nowMs),
  };
}

/** The settings of a run by name; a setting that does not apply to its kind is missing. */
export function readSettings(run: Run, names: RunNames): ReadonlyMap<string, Setting> {
  const { settings } = run;
  const found = new Map<string, Setting>();
  const set = (name: string, value: Setting | undefined): void => {
    if (value !== undefined && value !== '') found.set(name, value);
  };
  set('data', names.data.get(run.datasetVersionId) ?? run.datasetVersionId);
  set('model', names.models.get(run.modelVersionId) ?? run.modelVersionId);
  set('kind', KINDS[settings?.kind ?? RunKind.UNSPECIFIED]);
  if (settings === undefined) return found;
  if (settings.epochs > 0) set('epochs', settings.epochs);
  // Only the client knows what a recorded run optimizes, and an evaluation optimizes nothing.
  if (settings.kind !== RunKind.RECORDED && settings.kind !== RunKind.EVALUATE) {
    set('batch size', settings.batchSize);
    set('seed', settings.seed);
    for (const [name, spec] of [
      ['loss function', settings.loss],
      ['optimizer', settings.optimizer],
      ['learning rate schedule', settings.learningRateSchedule],
    ] as const)
      for (const [field, value] of readSpec(name, spec)) set(field, value);
    set('workers', settings.workers);
    set('frozen layers', settings.frozenLayers.join(', ') || 'none');
  }
  set('layers', settings.layers.join(', ') || 'all learned');
  set('engine', run.engine);
  return found;
}

/** A Keras name and its settings, each as a setting of the run: `optimizer learning rate`. */
const readSpec = (name: string, spec: KerasSpec | undefined): (readonly [string, Setting])[] =>
  spec === undefined
    ? []
    : [
        [name, spec.name],
        ...Object.entries(spec.config ?? {}).map(([field, value]): [string, Setting] => [
          `${name} ${plainName(field)}`,
          typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ];

const KINDS: Readonly<Record<RunKind, string>> = {
  [RunKind.UNSPECIFIED]: 'train',
  [RunKind.TRAIN]: 'train',
  [RunKind.EVALUATE]: 'evaluate',
  [RunKind.RECORDED]: 'recorded',
};

/** Names of the settings of any row, in their order. */
export const settingNames = (rows: readonly RunRow[]): string[] => [
  ...new Set(rows.flatMap(({ settings }) => [...settings.keys()])),
];

/** Names of the settings that two of the rows do not share. */
export const differingSettings = (rows: readonly RunRow[]): string[] =>
  settingNames(rows).filter((name) => new Set(rows.map(({ settings }) => settings.get(name))).size > 1);

/** Names of the metrics of any run, the most frequent first. */
export function metricsOfRuns(runs: readonly Run[]): string[] {
  const counts = new Map<string, number>();
  for (const { lastEpoch } of runs)
    for (const { name } of judgedSplit(lastEpoch)?.metrics ?? [])
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}
