import type { Membership } from '../finding/membership.js';
import type { MetadataColumn, Population } from '../population/population.js';
import { quantileBins } from '../statistics/quantile-bins.js';
import { scanRegions } from './scan.js';

/** Most values of a category, and bins of a number. */
const [MAX_VALUES, NUMBER_BINS] = [20, 5];

/** Returns all classes, values of metadata, and the regions of perception that differ most in the search. */
export function listCells(
  population: Population,
  {
    training,
    heldOut,
    seed,
  }: { readonly training: Int32Array; readonly heldOut: Int32Array; readonly seed: number },
): Membership[] {
  const { labels, classNames, metadata, groupColumn } = population;
  const classes =
    labels === undefined ? [] : classNames.map((_, equals) => [{ on: 'label', equals } as const]);
  const values = metadata
    .filter(({ name }) => name !== groupColumn)
    .flatMap((column) => listValues(column, heldOut).map((condition) => [condition]));
  const conditions = [...classes, ...values].map((all): Membership => ({ by: 'conditions', all }));
  const [space] = population.spaces;
  const regions = space === undefined ? [] : scanRegions(population, space, { training, heldOut, seed });
  return [...conditions, ...regions];
}

function listValues(column: MetadataColumn, rows: Int32Array) {
  const { name } = column;
  const on = 'metadata';
  if (column.type === 'number') {
    const { edges } = quantileBins(
      Float64Array.from(rows, (row) => column.values[row]!),
      NUMBER_BINS,
    );
    return [...edges, Infinity].map(
      (atMost, at) => ({ on, name, above: edges[at - 1] ?? -Infinity, atMost }) as const,
    );
  }
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(column.codes[row]!, (counts.get(column.codes[row]!) ?? 0) + 1);
  counts.delete(-1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, MAX_VALUES)
    .map(([code]) => ({ on, name, oneOf: [column.categories[code]!] }) as const);
}
