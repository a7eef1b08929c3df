import { countBelow } from '@noema/kernel/sorted-search';
import { shorten } from '../finding/numbers.js';
import type { MetadataColumn, Population } from '../population/population.js';
import { quantileBins } from '../statistics/quantile-bins.js';
import type { Explanation } from '../finding/finding.js';

/** Values of a column in bins, so that all kinds of columns are counted alike. */
export interface BinnedColumn {
  readonly source: Explanation['source'];
  readonly name: string;
  /** Number of bins. */
  readonly bins: number;
  /** Bin of a row; the last one stands for missing values and rare categories. */
  readonly findBin: (row: number) => number;
  /** Text of the bins `from` to `to`, both included. */
  readonly describe: (from: number, to: number) => string;
  /** Bins have an order, so that a range of them is a value. */
  readonly isOrdered: boolean;
}

const NUMBER_BINS = 20;
const MAX_CATEGORIES = 50;

/** Returns labels, predictions, metadata and units with bins of the values at `rows`; constant columns are left out. */
export function binColumns(population: Population, rows: Int32Array): BinnedColumn[] {
  const { n, classNames, labels, predicted, metadata, units } = population;
  const name = (code: number): string => classNames[code] ?? `class ${code}`;
  const columns: (BinnedColumn | undefined)[] = [];
  if (labels !== undefined)
    columns.push(binCategories({ source: 'label', name: 'label' }, labels, name, rows));
  if (predicted !== undefined)
    columns.push(binCategories({ source: 'predicted', name: 'predicted' }, predicted, name, rows));
  for (const column of metadata) columns.push(binMetadata(column, rows));
  let offset = 0;
  for (const layer of units?.layers ?? [])
    for (let unit = 0; unit < layer.units; unit++, offset++) {
      const values = units!.values.subarray(offset * n, (offset + 1) * n);
      columns.push(binNumbers({ source: 'unit', name: `${layer.name}:${unit}` }, values, rows));
    }
  return columns.filter((column) => column !== undefined);
}

type Names = Pick<BinnedColumn, 'source' | 'name'>;

function binMetadata(column: MetadataColumn, rows: Int32Array): BinnedColumn | undefined {
  const names: Names = { source: 'metadata', name: column.name };
  if (column.type === 'number') return binNumbers(names, column.values, rows);
  return binCategories(names, column.codes, (code) => column.categories[code]!, rows);
}

function binCategories(
  names: Names,
  codes: Int32Array,
  describe: (code: number) => string,
  rows: Int32Array,
): BinnedColumn | undefined {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const code = codes[row]!;
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const frequent = [...counts.keys()]
    .sort((a, b) => counts.get(b)! - counts.get(a)! || a - b)
    .slice(0, MAX_CATEGORIES);
  const bins = new Map(frequent.map((code, bin) => [code, bin]));
  const hasRest = rows.some((row) => !bins.has(codes[row]!));
  if (frequent.length + Number(hasRest) < 2) return undefined;
  return {
    ...names,
    bins: frequent.length + 1,
    findBin: (row) => bins.get(codes[row]!) ?? frequent.length,
    describe: (bin) => (bin === frequent.length ? 'missing or rare' : describe(frequent[bin]!)),
    isOrdered: false,
  };
}

function binNumbers(
  names: Names,
  values: Float32Array | Float64Array,
  rows: Int32Array,
): BinnedColumn | undefined {
  const { edges, codes } = quantileBins(
    Float64Array.from(rows, (row) => values[row]!),
    NUMBER_BINS,
  );
  const missing = edges.length + 1;
  if (missing === 1 && codes.every((code) => code === codes[0])) return undefined;
  return {
    ...names,
    bins: missing + 1,
    findBin: (row) => {
      const value = values[row]!;
      return Number.isNaN(value) ? missing : countBelow(edges, value);
    },
    describe: (from, to) => describeRange(edges, from, to),
    isOrdered: true,
  };
}

function describeRange(edges: Float64Array, from: number, to: number): string {
  if (from > edges.length) return 'missing';
  const [low, high] = [edges[from - 1], edges[to]];
  if (low === undefined && high === undefined) return 'any number';
  if (low === undefined) return `≤ ${shorten(high!)}`;
  return high === undefined ? `> ${shorten(low)}` : `above ${shorten(low)}, ≤ ${shorten(high)}`;
}
