import { sortedQuantile } from '@noema/kernel/sorted-quantile';
import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import type { Clusters } from '../statistics/clusters.js';

/** How well a model does on some samples: one entry a position in `rows`. */
export interface Outcomes {
  /** Rows of the population, rising. */
  readonly rows: Int32Array;
  /** Losses, at most `limit`. */
  readonly losses: Float64Array;
  /** Loss less the mean loss of the class of the sample, so that a hard class is no slice by itself. */
  readonly residuals: Float64Array;
  /** 1 for misclassified samples; undefined where the model predicts no classes. */
  readonly errors: Uint8Array | undefined;
  /** Losses above this are counted as this, so that one outlier is no slice. */
  readonly limit: number;
  /** Group of each position; undefined where each stands alone. */
  readonly groups?: Clusters;
}

/** Quantile of the losses that clips them. */
const LIMIT = 0.995;

/** Returns the rows with a mark that have a loss and, where the population has classes, a label. */
export function selectRows(population: Population, marks: Uint8Array, mark: number): Int32Array {
  const { losses, labels } = population;
  const rows: number[] = [];
  for (let row = 0; row < population.n; row++)
    if (marks[row] === mark && Number.isFinite(losses?.[row]) && (labels === undefined || labels[row]! >= 0))
      rows.push(row);
  return Int32Array.from(rows);
}

/** Returns the outcomes of rows that have a loss. */
export function judgeRows(population: Population, rows: Int32Array): Outcomes {
  const { losses, labels, predicted } = population;
  const raw = Float64Array.from(rows, (row) => losses![row]!);
  const limit = raw.length === 0 ? 0 : sortedQuantile(raw.toSorted(), LIMIT);
  const clipped = raw.map((loss) => Math.min(loss, limit));
  const means = meansByClass(clipped, (at) => labels?.[rows[at]!] ?? 0);
  return {
    rows,
    losses: clipped,
    residuals: clipped.map((loss, at) => loss - means.get(labels?.[rows[at]!] ?? 0)!),
    errors:
      labels && predicted
        ? Uint8Array.from(rows, (row) => Number(labels[row] !== predicted[row]))
        : undefined,
    limit,
    groups: pickGroups(population, rows),
  };
}

function meansByClass(losses: Float64Array, getClass: (at: number) => number): Map<number, number> {
  const tallies = new Map<number, { sum: number; count: number }>();
  losses.forEach((loss, at) => {
    const tally = tallies.get(getClass(at)) ?? { sum: 0, count: 0 };
    tally.sum += loss;
    tally.count++;
    tallies.set(getClass(at), tally);
  });
  return new Map([...tallies].map(([key, { sum, count }]) => [key, sum / count]));
}
