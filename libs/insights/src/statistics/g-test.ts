import { chiSquareTail } from '@noema/evaluation';

/** A test of independence of rows and columns of counts. */
export interface GTestResult {
  /** 2 Σ observed · ln(observed / expected), divided by the correction of Williams. */
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
  /** Number of columns after small ones were merged. */
  readonly columns: number;
}

/** Expected counts below this make the chi-squared distribution a poor approximation (Cochran 1954). */
const MIN_EXPECTED = 5;

/**
 * Returns the G-test of a table of counts, one array of columns a row, with the correction of Williams (1976). Columns
 * with an expected count below 5 are merged into one, which joins the smallest other one if it stays below. Undefined
 * where fewer than two rows or columns are left.
 */
export function gTest(rows: readonly ArrayLike<number>[]): GTestResult | undefined {
  const filled = rows.map((row) => Array.from(row)).filter((row) => row.some((count) => count > 0));
  const columns = mergeColumns(filled);
  const [r, c] = [filled.length, columns.length];
  if (r < 2 || c < 2) return undefined;
  const rowSums = filled.map(add);
  const columnSums = columns.map(add);
  const n = add(rowSums);
  let statistic = 0;
  columns.forEach((column, j) => {
    column.forEach((count, i) => {
      if (count > 0) statistic += 2 * count * Math.log((count * n) / (rowSums[i]! * columnSums[j]!));
    });
  });
  const degrees = (r - 1) * (c - 1);
  const inverse = (sums: readonly number[]): number => n * sums.reduce((sum, one) => sum + 1 / one, 0) - 1;
  const corrected =
    Math.max(0, statistic) / (1 + (inverse(rowSums) * inverse(columnSums)) / (6 * n * degrees));
  return { statistic: corrected, degrees, pValue: chiSquareTail(corrected, degrees), columns: c };
}

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function mergeColumns(rows: readonly (readonly number[])[]): number[][] {
  const rowSums = rows.map(add);
  const n = add(rowSums);
  const fewest = Math.min(...rowSums);
  const isSmall = (column: readonly number[]): boolean => (add(column) * fewest) / n < MIN_EXPECTED;
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));
  const large = columns.filter((column) => !isSmall(column));
  const small = columns.filter(isSmall);
  if (small.length === 0) return large;
  const merged = rows.map((_, i) => small.reduce((sum, column) => sum + column[i]!, 0));
  if (add(merged) === 0) return large;
  if (!isSmall(merged)) return [...large, merged];
  if (large.length === 0) return [merged];
  const smallest = large.reduce((best, column) => (add(column) < add(best) ? column : best));
  return large.map((column) => (column === smallest ? column.map((count, i) => count + merged[i]!) : column));
}
