import type { Run } from '@noema/contracts/noema/training/v1/run';
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
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { nameTruth, pairRows, toVersionPair } from './pair-rows.js';
import { type RunSamples, toComparedVersion } from '@noema/judging';

/** A run after an epoch, by one of its outputs. */
export interface RunVersion {
  readonly run: Run;
  readonly epoch: number;
  /** Default: the first output, with the losses of all. */
  readonly output?: string;
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
 * the samples with the same split and id. Throws `precondition` VERSIONS_NOT_COMPARABLE, `not-found`
 * OUTPUT_NOT_FOUND.
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
  const { shared, compared } = pairRows(rowsA, rowsB, isSameData);
  if (compared.length === 0)
    throw notComparable(
      shared === 0
        ? `${before.title} and ${now.title} share no sample; choose versions on the same data`
        : `${before.title} and ${now.title} have another ground truth for each of ${shared} shared samples`,
    );
  const pair = toVersionPair(compared, metrics);
  const names = [...new Set(compared.map(([, now]) => nameTruth(now)))].filter(Boolean).sort();
  const classes = new Map(names.map((name, at) => [name, at]));
  const groups = [
    ...compareGroups(pair, (row) => classes.get(nameTruth(compared[row]![1])) ?? -1, names.length),
    ...slices.map(({ bitmap }) =>
      compareVersions(pair, (at) => {
        const { row } = compared[at]![1];
        return ((bitmap[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
      }),
    ),
  ];
  const flagged = flagGroups([...names, ...slices.map(({ name }) => name)], groups);
  return {
    shared,
    onlyA: rowsA.length - shared,
    onlyB: rowsB.length - shared,
    otherTruth: shared - compared.length,
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
