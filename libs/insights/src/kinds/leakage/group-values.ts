import { permutation, seededRandom } from '@noema/kernel/random';
import type { Finding } from '../../finding/finding.js';
import { selectHeldOut } from '../../population/held-out.js';
import type { MetadataColumn, Population, Space } from '../../population/population.js';
import { permutationTest } from '../../statistics/permutation-test.js';
import { describeInflation, measureInflation } from './inflation.js';

/** Share of distinct values between which a column may name groups, such as patients. */
const [MIN_DISTINCT, MAX_DISTINCT] = [0.01, 0.9];
const PERMUTATIONS = 1999;
/** Numbers: least share by which the square of the distance to the own value must fall below the next value's. */
const MIN_GAIN = 0.02;
/** Largest number of held-out samples in the test. */
const MAX_TESTED = 2000;

/** A column whose values are in training and held-out samples. */
export interface SharedValues {
  readonly column: MetadataColumn;
  /** 1 for held-out samples whose value is in training, [n] uint8. */
  readonly leaked: Uint8Array;
  /** Number of values in both. */
  readonly shared: number;
  /** 0 where the user has named the column as a group: nothing has to be tested. */
  readonly pValue: number;
}

/** Codes of the values of a column, −1 where missing; numbers are coded in their order. */
export function encodeColumn(column: MetadataColumn): { readonly codes: Int32Array; readonly size: number } {
  if (column.type === 'category') return { codes: column.codes, size: column.categories.length };
  const rising = [...new Set(column.values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
  const positions = new Map(rising.map((value, at) => [value, at]));
  return {
    codes: Int32Array.from(column.values, (value) => positions.get(value) ?? -1),
    size: rising.length,
  };
}

/**
 * Tests the columns that may name groups. Values that are in both splits leak only if samples with one value are alike:
 * held-out samples lie nearer to the training samples with their value than to samples with a value that was dealt at
 * random among held-out samples of their class. Numbers are dealt a near value, because a measure such as a brightness
 * makes samples alike without naming groups.
 */
export function testSharedValues(population: Population, seed: number): SharedValues[] {
  const { metadata, groupColumn, splits, splitCodes, n, spaces } = population;
  const training = splits.indexOf('training');
  const { rows } = selectHeldOut(population);
  const results: SharedValues[] = [];
  for (const [at, column] of metadata.entries()) {
    const { codes, size } = encodeColumn(column);
    const known = codes.reduce((sum, code) => sum + Number(code >= 0), 0);
    const used = new Set(codes.filter((code) => code >= 0)).size;
    const isNamed = column.name === groupColumn;
    if (!isNamed && (used < MIN_DISTINCT * known || used > MAX_DISTINCT * known || used < 2)) continue;
    const inTraining = new Uint8Array(size);
    for (let row = 0; row < n; row++)
      if (splitCodes[row] === training && codes[row]! >= 0) inTraining[codes[row]!] = 1;
    const leaked = Uint8Array.from({ length: n }, (_, row) =>
      Number(
        splitCodes[row] !== training && rows[row] === 1 && codes[row]! >= 0 && inTraining[codes[row]!] === 1,
      ),
    );
    const shared = new Set(codes.filter((_, row) => leaked[row] === 1)).size;
    if (shared === 0) continue;
    const pValue = isNamed
      ? 0
      : spaces.length === 0
        ? 1
        : testAlike(
            population,
            spaces[0]!,
            { codes, size, leaked, isNumber: column.type === 'number' },
            seed + at,
          );
    results.push({ column, leaked, shared, pValue });
  }
  return results;
}

interface Coded {
  readonly codes: Int32Array;
  readonly size: number;
  readonly leaked: Uint8Array;
  readonly isNumber: boolean;
}

function testAlike(
  { labels, splits, splitCodes, n }: Population,
  { values, width }: Space,
  { codes, size, leaked, isNumber }: Coded,
  seed: number,
): number {
  const training = splits.indexOf('training');
  const means = new Float64Array(size * width);
  const counts = new Float64Array(size);
  for (let row = 0; row < n; row++) {
    const code = codes[row]!;
    if (splitCodes[row] !== training || code < 0) continue;
    counts[code]!++;
    for (let c = 0; c < width; c++) means[code * width + c]! += values[row * width + c]!;
  }
  for (let code = 0; code < size; code++)
    for (let c = 0; c < width; c++) means[code * width + c]! /= Math.max(1, counts[code]!);
  const random = seededRandom(seed, 13);
  const all = Int32Array.from(leaked.keys()).filter((row) => leaked[row] === 1);
  const tested = Int32Array.from(permutation(all.length, random).subarray(0, MAX_TESTED), (at) => all[at]!);
  const distance = (dealt: Int32Array): number => {
    let sum = 0;
    for (let i = 0; i < tested.length; i++)
      for (let c = 0, at = tested[i]! * width, to = dealt[i]! * width; c < width; c++)
        sum += (values[at + c]! - means[to + c]!) ** 2;
    return sum;
  };
  const own = tested.map((row) => codes[row]!);
  const filled = Int32Array.from(counts.keys()).filter((code) => counts[code]! > 0);
  const deal = isNumber ? () => dealNearby(own, filled, random) : createDealer(own, tested, labels, random);
  if (isNumber) {
    const nearby = Array.from({ length: 20 }, () => distance(deal())).reduce((sum, one) => sum + one, 0) / 20;
    if (distance(own) > (1 - MIN_GAIN) * nearby) return 1;
  }
  return permutationTest(-distance(own), PERMUTATIONS, () => -distance(deal())).pValue;
}

/** Permutes the values among samples of one class. */
function createDealer(
  own: Int32Array,
  tested: Int32Array,
  labels: Int32Array | undefined,
  random: () => number,
): () => Int32Array {
  const classes = new Map<number, number[]>();
  tested.forEach((row, at) => {
    const label = labels?.[row] ?? -1;
    (classes.get(label) ?? classes.set(label, []).get(label)!).push(at);
  });
  return () => {
    const dealt = own.slice();
    for (const places of classes.values())
      permutation(places.length, random).forEach((from, to) => (dealt[places[to]!] = own[places[from]!]!));
    return dealt;
  };
}

/** Deals each sample the next smaller or larger value of training: a measure hardly differs, a name does. */
function dealNearby(own: Int32Array, filled: Int32Array, random: () => number): Int32Array {
  const positions = new Map(Array.from(filled, (code, at) => [code, at]));
  return own.map((code) => {
    const step = random() < 0.5 ? -1 : 1;
    const at = positions.get(code)!;
    return filled[at + step] ?? filled[at - step] ?? code;
  });
}

/** Returns the finding of a column whose groups are in both splits. */
export function describeSharedValues(
  population: Population,
  { column, leaked, shared, pValue }: SharedValues,
  { qValue, seed }: { readonly qValue: number; readonly seed: number },
): Finding {
  const members = Int32Array.from(leaked.keys()).filter((row) => leaked[row] === 1);
  const { rows } = selectHeldOut(population);
  const heldOut = rows.reduce((sum, one) => sum + one, 0);
  const { text, numbers, ...rest } = describeInflation(measureInflation(population, leaked, seed));
  return {
    subkind: 'group',
    state: 'confirmed',
    sentence:
      `${members.length} of ${heldOut} held-out samples share their ${column.name} with training samples ` +
      `(${shared} values), and samples with one ${column.name} are alike; ${text}.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: undefined,
    pValue,
    qValue,
    explanations: [],
    numbers: { leaked: members.length, heldOut, sharedValues: shared, ...numbers },
    tables: {},
    remarks: [],
    ...rest,
  };
}
