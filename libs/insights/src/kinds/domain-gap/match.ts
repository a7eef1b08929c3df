import { permutation, seededRandom } from '@noema/kernel/random';
import { gTest } from '../../statistics/g-test.js';

/** As many rows of both sides, with one mix of classes. */
export interface MatchedRows {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** Below this p-value the mixes of classes differ, and rows are matched, which costs some of them. */
const MIX_LEVEL = 0.05;

/**
 * Draws as many rows from both sides in random order: of each class, where the mixes of classes differ, because another
 * mix would look like another domain; else of all labelled rows. Without labels all rows count as one class.
 */
export function matchClasses(
  a: Int32Array,
  b: Int32Array,
  labels: Int32Array | undefined,
  seed: number,
): MatchedRows {
  const random = seededRandom(seed, 4);
  const strata = hasEqualMix(a, b, labels) ? labels?.map((label) => Math.min(label, 0)) : labels;
  const [ofA, ofB] = [a, b].map((rows) => groupByClass(rows, strata, random));
  const classes = [...ofA!.keys()].filter((key) => ofB!.has(key)).sort((x, y) => x - y);
  const pairs = classes.flatMap((key) => {
    const [left, right] = [ofA!.get(key)!, ofB!.get(key)!];
    return left.slice(0, right.length).map((row, at) => [row, right[at]!] as const);
  });
  const order = permutation(pairs.length, random);
  return {
    a: Int32Array.from(order, (at) => pairs[at]![0]),
    b: Int32Array.from(order, (at) => pairs[at]![1]),
  };
}

function hasEqualMix(a: Int32Array, b: Int32Array, labels: Int32Array | undefined): boolean {
  if (labels === undefined) return true;
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const counts = [a, b].map((rows) => {
    const own = new Float64Array(classes);
    for (const row of rows) if (labels[row]! >= 0) own[labels[row]!]!++;
    return own;
  });
  const present = [...Array(classes).keys()].filter((c) => counts[0]![c]! + counts[1]![c]! > 0);
  const test = gTest(counts);
  return present.length < 2 || (test !== undefined && test.pValue >= MIX_LEVEL);
}

function groupByClass(
  rows: Int32Array,
  labels: Int32Array | undefined,
  random: () => number,
): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const at of permutation(rows.length, random)) {
    const row = rows[at]!;
    const key = labels?.[row] ?? 0;
    if (key < 0) continue;
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [row]);
    else own.push(row);
  }
  return groups;
}
