import { logGamma } from '@noema/evaluation';

/** Counts of two discrete columns, [rows, columns], row-major. */
export interface ContingencyTable {
  readonly counts: Float64Array;
  readonly columns: number;
}

/** Counts the rows by their two codes; a row with a code below 0 is left out. */
export function tabulate(a: Int32Array, b: Int32Array): ContingencyTable {
  const sizeA = a.reduce((most, code) => Math.max(most, code), -1) + 1;
  const columns = b.reduce((most, code) => Math.max(most, code), -1) + 1;
  const counts = new Float64Array(sizeA * columns);
  for (let row = 0; row < a.length; row++)
    if (a[row]! >= 0 && b[row]! >= 0) counts[a[row]! * columns + b[row]!]!++;
  return { counts, columns };
}

/** Returns the entropy of counts in nats. */
export function entropy(counts: ArrayLike<number>): number {
  let [n, sum] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    n += count;
    if (count > 0) sum += count * Math.log(count);
  }
  return n === 0 ? 0 : Math.max(0, Math.log(n) - sum / n);
}

/** Returns the mutual information of a table in nats, H(A) + H(B) − H(A, B). */
export function mutualInformation(table: ContingencyTable): number {
  const { rowSums, columnSums } = addMargins(table);
  return Math.max(0, entropy(rowSums) + entropy(columnSums) - entropy(table.counts));
}

/**
 * Returns the mean mutual information of all tables with the same sums of rows and columns (Vinh, Epps & Bailey 2010):
 * what independent columns have by chance. Costs columns × rows × smaller sum.
 */
export function expectedMutualInformation(table: ContingencyTable): number {
  const { rowSums, columnSums } = addMargins(table);
  const n = rowSums.reduce((sum, count) => sum + count, 0);
  let expected = 0;
  for (const a of rowSums)
    for (const b of columnSums) {
      const margins =
        logFactorial(a) + logFactorial(b) + logFactorial(n - a) + logFactorial(n - b) - logFactorial(n);
      for (let k = Math.max(1, a + b - n); k <= Math.min(a, b); k++) {
        const log =
          margins - logFactorial(k) - logFactorial(a - k) - logFactorial(b - k) - logFactorial(n - a - b + k);
        expected += (k / n) * Math.log((n * k) / (a * b)) * Math.exp(log);
      }
    }
  return expected;
}

/**
 * Returns the share of the entropy of the first column that the second explains beyond chance, (I − E) / (H − E): 0 on
 * average for independent columns, 1 where the second determines the first; 0 where the first is constant.
 */
export function adjustedInformation(table: ContingencyTable): number {
  const target = entropy(addMargins(table).rowSums);
  const expected = expectedMutualInformation(table);
  return target - expected < 1e-12 ? 0 : (mutualInformation(table) - expected) / (target - expected);
}

const logFactorial = (n: number): number => logGamma(n + 1);

function addMargins({ counts, columns }: ContingencyTable): {
  readonly rowSums: Float64Array;
  readonly columnSums: Float64Array;
} {
  const rowSums = new Float64Array(columns === 0 ? 0 : counts.length / columns);
  const columnSums = new Float64Array(columns);
  counts.forEach((count, at) => {
    rowSums[Math.floor(at / columns)]! += count;
    columnSums[at % columns]! += count;
  });
  return { rowSums, columnSums };
}
