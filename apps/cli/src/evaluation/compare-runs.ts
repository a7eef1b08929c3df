import { FIELDS, type Rows, type RunSamples, toComparedVersion } from '@noema/agents';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import {
  compareGroups,
  compareVersions,
  type DifferingSetting,
  differingSettings,
  findMetrics,
  findRefusal,
  flagChanges,
  type FlaggedChange,
  type MetricChange,
  type VersionPair,
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { EVALUATION_COLUMNS as COLUMNS } from '@noema/population/rules';

/** A run after an epoch. */
export interface RunVersion {
  readonly run: Run;
  readonly epoch: number;
  readonly samples: RunSamples;
}

/** Samples of the dataset of version B, such as the rows of a slice. */
export interface NamedRows {
  readonly name: string;
  /** Bit `row` & 7 of byte `row` >> 3. */
  readonly bitmap: Uint8Array;
}

/** Changes of some of the samples; each is flagged within all groups and the same metric. */
export interface GroupChange {
  readonly name: string;
  readonly changes: readonly (MetricChange & FlaggedChange)[];
}

export interface RunComparison {
  readonly shared: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Samples that both have, with another ground truth; they are left out. */
  readonly otherTruth: number;
  readonly changes: readonly MetricChange[];
  readonly classes: readonly GroupChange[];
  readonly slices: readonly GroupChange[];
  readonly settings: readonly DifferingSetting[];
  readonly notes: readonly string[];
}

/**
 * Compares version B with version A on the samples that both evaluate: the same rows of one dataset version, else
 * the samples with the same split and id. Throws `precondition` VERSIONS_NOT_COMPARABLE.
 */
export async function compareRuns(
  a: RunVersion,
  b: RunVersion,
  slices: readonly NamedRows[],
): Promise<RunComparison> {
  const [before, now] = [toComparedVersion(a), toComparedVersion(b)];
  const refusal = findRefusal(before, now);
  if (refusal !== undefined) throw notComparable(refusal);
  const metrics = findMetrics(before, now);
  const [rowsA, rowsB] = await Promise.all([a.samples.rows(''), b.samples.rows('')]);
  const isSameData = a.run.datasetVersionId === b.run.datasetVersionId;
  const pairs = pairRows(rowsA, rowsB, isSameData);
  const compared = isSameData ? pairs : pairs.filter(([one, other]) => hasSameTruth(one, other));
  if (compared.length === 0)
    throw notComparable(
      pairs.length === 0
        ? `${before.title} and ${now.title} share no sample; choose versions on the same data`
        : `${before.title} and ${now.title} have another ground truth for each of ${pairs.length} shared samples`,
    );
  const pair = toPair(compared, metrics);
  const names = [...new Set(compared.map(([, { trueClassName }]) => trueClassName))].filter(Boolean).sort();
  const classes = new Map(names.map((name, at) => [name, at]));
  const groups = [
    ...compareGroups(pair, (row) => classes.get(compared[row]![1].trueClassName) ?? -1, names.length),
    ...slices.map(({ bitmap }) =>
      compareVersions(pair, (at) => {
        const { row } = compared[at]![1];
        return ((bitmap[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
      }),
    ),
  ];
  const flagged = flagGroups([...names, ...slices.map(({ name }) => name)], groups);
  return {
    shared: pairs.length,
    onlyA: rowsA.length - pairs.length,
    onlyB: rowsB.length - pairs.length,
    otherTruth: pairs.length - compared.length,
    changes: compareVersions(pair),
    classes: flagged.slice(0, names.length),
    slices: flagged.slice(names.length),
    settings: differingSettings(toSettings(a.run), toSettings(b.run)),
    notes: metrics.notes,
  };
}

const notComparable = (message: string): DomainError =>
  new DomainError('precondition', 'VERSIONS_NOT_COMPARABLE', message);

const toSettings = ({ settings, modelVersionId, datasetVersionId, engine }: Run): object => ({
  ...settings,
  modelVersionId,
  datasetVersionId,
  engine,
});

type Pair = readonly [before: SampleEvaluation, now: SampleEvaluation];

function pairRows(before: Rows, now: Rows, isSameData: boolean): Pair[] {
  const key = ({ row, sample }: SampleEvaluation): number | string =>
    isSameData ? row : `${sample?.split ?? ''}/${sample?.sampleId ?? ''}`;
  const known = new Map(before.map((sample) => [key(sample), sample]));
  return now.flatMap((sample): Pair[] => {
    const other = known.get(key(sample));
    return other === undefined ? [] : [[other, sample]];
  });
}

const hasSameTruth = (a: SampleEvaluation, b: SampleEvaluation): boolean =>
  a.trueClassName === b.trueClassName &&
  a.targets.length === b.targets.length &&
  a.targets.every((target, i) => target === b.targets[i]);

function toPair(
  pairs: readonly Pair[],
  { hasCorrectness, numbers }: ReturnType<typeof findMetrics>,
): VersionPair {
  const column = (side: 0 | 1, field: string) =>
    Float32Array.from(pairs, (pair) => readNumber(pair[side], field));
  const correct = (side: 0 | 1) =>
    Uint8Array.from(column(side, COLUMNS.correct), (value) => (Number.isNaN(value) ? 255 : value));
  return {
    rows: pairs.length,
    correct: hasCorrectness ? { before: correct(0), now: correct(1) } : undefined,
    numbers: numbers.map((name) => ({ name, before: column(0, name), now: column(1, name) })),
  };
}

function readNumber(sample: SampleEvaluation, field: string): number {
  const value = FIELDS[field]?.(sample) ?? NaN;
  return field === COLUMNS.residual ? Math.abs(value) : value;
}

/** Flags each metric over all groups. */
function flagGroups(names: readonly string[], groups: readonly (readonly MetricChange[])[]): GroupChange[] {
  const count = groups[0]?.length ?? 0;
  const flags = Array.from({ length: count }, (_, metric) =>
    flagChanges(groups.map((changes) => changes[metric]!)),
  );
  return groups.map((changes, at) => ({
    name: names[at]!,
    changes: changes.map((change, metric) => ({ ...change, ...flags[metric]![at]! })),
  }));
}
