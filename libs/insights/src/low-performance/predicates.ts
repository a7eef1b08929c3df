import { sortedQuantile } from '@noema/kernel/sorted-quantile';
import { type BitSet, createBitSet } from '../confirm/bit-set.js';
import type { Condition } from '../finding/membership.js';
import type { MetadataColumn, Population } from '../population/population.js';
import type { Predicate } from './conjunctions.js';

/** A predicate with its condition. */
export interface ConditionPredicate extends Predicate {
  readonly condition: Condition;
}

/** Predicates are made for the rows of the finding half. */
export interface PredicateData {
  readonly population: Population;
  readonly outcomes: { readonly rows: Int32Array };
}

/** Ranges of a number column, and most frequent categories of a category column. */
const MAX_BINS = 10;
/** Values that set the ends of ranges. */
const MAX_SORTED = 20_000;
/** Shares of the samples below and above which a unit is silent or loud. */
const [SILENT, LOUD] = [0.1, 0.9];
/** A condition on a unit that more samples meet describes no group. */
const MAX_SHARE = 0.5;
export const LABEL_FEATURE = -1;

/** Returns a predicate for each class. */
export function listClassPredicates({ population, outcomes }: PredicateData): ConditionPredicate[] {
  const { labels } = population;
  if (labels === undefined) return [];
  const classes = [...new Set(outcomes.rows.map((row) => labels[row]!))].sort((a, b) => a - b);
  if (classes.length < 2) return [];
  return classes.map((label) => ({
    feature: LABEL_FEATURE,
    condition: { on: 'label', equals: label },
    bits: mark(outcomes.rows, (row) => labels[row] === label),
  }));
}

/** Returns the predicates of all metadata columns but the one of groups. */
export function listMetadataPredicates(data: PredicateData): ConditionPredicate[] {
  const { metadata, groupColumn } = data.population;
  return metadata.flatMap((column, feature) =>
    column.name === groupColumn ? [] : listColumn(data, column, feature),
  );
}

function listColumn(
  { outcomes }: PredicateData,
  column: MetadataColumn,
  feature: number,
): ConditionPredicate[] {
  const { rows } = outcomes;
  const { name } = column;
  if (column.type === 'category') {
    const counts = new Uint32Array(column.categories.length);
    for (const row of rows) if (column.codes[row]! >= 0) counts[column.codes[row]!]!++;
    const codes = [...counts.keys()].filter((code) => counts[code]! > 0);
    codes.sort((a, b) => counts[b]! - counts[a]! || a - b);
    return codes.slice(0, MAX_BINS).map((code) => ({
      feature,
      condition: { on: 'metadata', name, oneOf: [column.categories[code]!] },
      bits: mark(rows, (row) => column.codes[row] === code),
    }));
  }
  const edges = findEdges(thin(rows, MAX_SORTED, (row) => column.values[row]!));
  if (edges.length === 0) return [];
  return Array.from({ length: edges.length + 1 }, (_, bin) => {
    const above = edges[bin - 1] ?? -Infinity;
    const atMost = edges[bin] ?? Infinity;
    return {
      feature,
      condition: {
        on: 'metadata',
        name,
        ...(bin > 0 && { above }),
        ...(bin < edges.length && { atMost }),
      },
      bits: mark(rows, (row) => column.values[row]! > above && column.values[row]! <= atMost),
    };
  });
}

/** Ends between ranges: between all values where they are few, else at quantiles. */
function findEdges(rising: Float64Array): number[] {
  const distinct = [...new Set(rising)];
  if (distinct.length <= MAX_BINS) return distinct.slice(0, -1);
  const cuts = Array.from({ length: MAX_BINS - 1 }, (_, i) => sortedQuantile(rising, (i + 1) / MAX_BINS));
  return [...new Set(cuts)].filter((cut) => cut < rising.at(-1)!);
}

/** Returns the predicates `silent` and `loud` of all units of layers below the output. */
export function listUnitPredicates({ population, outcomes }: PredicateData): ConditionPredicate[] {
  const { units, n } = population;
  const { rows } = outcomes;
  if (units === undefined) return [];
  const found: ConditionPredicate[] = [];
  let column = 0;
  for (const [at, { name: layer, units: count }] of units.layers.entries())
    for (let unit = 0; unit < count; unit++, column++) {
      if (at === units.layers.length - 1 && at > 0) continue;
      const values = units.values.subarray(column * n, (column + 1) * n);
      const rising = thin(rows, MAX_SORTED / 10, (row) => values[row]!);
      if (rising.length === 0 || rising[0] === rising.at(-1)) continue;
      const low = sortedQuantile(rising, SILENT);
      const high = sortedQuantile(rising, LOUD);
      const add = (condition: Condition, test: (value: number) => boolean): void => {
        let members = 0;
        const bits = mark(rows, (row) => {
          const is = test(values[row]!);
          members += Number(is);
          return is;
        });
        if (members <= MAX_SHARE * rows.length) found.push({ feature: column, condition, bits });
      };
      add({ on: 'unit', layer, unit, atMost: low }, (value) => value <= low);
      add({ on: 'unit', layer, unit, above: high }, (value) => value > high);
    }
  return found;
}

export function mark(rows: Int32Array, test: (row: number) => boolean): BitSet {
  const bits = createBitSet(rows.length);
  for (let at = 0; at < rows.length; at++) if (test(rows[at]!)) bits[at >>> 5]! |= 1 << (at & 31);
  return bits;
}

/** Returns the finite values of about `most` rows at equal steps, rising. */
function thin(rows: Int32Array, most: number, read: (row: number) => number): Float64Array {
  const step = Math.max(1, Math.floor(rows.length / most));
  const values: number[] = [];
  for (let at = 0; at < rows.length; at += step)
    if (Number.isFinite(read(rows[at]!))) values.push(read(rows[at]!));
  return Float64Array.from(values).sort();
}
