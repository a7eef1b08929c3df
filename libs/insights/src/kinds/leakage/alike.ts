import { permutation, seededRandom } from '@noema/kernel/random';
import { thinRows } from '../../population/groups.js';
import { isComparable } from '../../population/places.js';
import type { MetadataColumn, Population, Space } from '../../population/population.js';
import { permutationTest } from '../../statistics/permutation-test.js';
import { flipSigns } from './flip-signs.js';

const PERMUTATIONS = 1999;
/** Random values of a sample from which its expected distance comes. */
const DEALS = 20;
/** Numbers: least share by which the square of the distance must fall below that of the values on both sides. */
const MIN_GAIN = 0.02;
/** Largest number of held-out samples in the test. */
const MAX_TESTED = 2000;

/** A column by its codes, and the held-out rows whose value is in training. */
export interface Coded {
  readonly column: MetadataColumn;
  readonly codes: Int32Array;
  readonly size: number;
  readonly leaked: Uint8Array;
}

/** The p-value of all tests is the largest one: a group has to pass each. */
export function testAlike(population: Population, space: Space, coded: Coded, seed: number): number {
  const random = seededRandom(seed, 13);
  const { codes, leaked, column } = coded;
  const middles = findMiddles(population, space, coded);
  const near = Int32Array.from(leaked.keys()).filter(
    (row) => leaked[row] === 1 && isComparable(space, row) && middles.counts[codes[row]!]! > 0,
  );
  const all = thinRows(population, near, random);
  const tested = Int32Array.from(permutation(all.length, random).subarray(0, MAX_TESTED), (at) => all[at]!);
  const own = tested.map((row) => codes[row]!);
  const between = column.type === 'number' ? testBetween(space, middles, { tested, own, random }) : 0;
  if (between === 1) return 1;
  const deal = createDealer(own, tested, population.labels, random);
  const observed = measureDistance(space, middles, tested, own);
  const { pValue } = permutationTest(
    -observed,
    PERMUTATIONS,
    () => -measureDistance(space, middles, tested, deal()),
  );
  return Math.max(pValue, between, testValues(space, middles, { tested, own, deal, random }));
}

/**
 * Tests whether samples lie nearer to their own value in most values, by turning the signs of the gains of whole
 * values. The values are the units of this test: three sites that differ are no groups such as patients, for three
 * gains are positive with a chance of 1 in 8.
 */
function testValues(
  space: Space,
  middles: Middles,
  {
    tested,
    own,
    deal,
    random,
  }: {
    readonly tested: Int32Array;
    readonly own: Int32Array;
    readonly deal: () => Int32Array;
    readonly random: () => number;
  },
): number {
  const gains = new Map<number, number>();
  const add = (dealt: Int32Array, weight: number): void => {
    tested.forEach((row, i) => {
      const gain = weight * measureSquare(space, middles, row, dealt[i]!);
      gains.set(own[i]!, (gains.get(own[i]!) ?? 0) + gain);
    });
  };
  for (let time = 0; time < DEALS; time++) add(deal(), 1 / DEALS);
  add(own, -1);
  return flipSigns([...gains.values()], random);
}

/** Means of the training samples with each value and a place, [size, width], and their numbers. */
interface Middles {
  readonly means: Float64Array;
  readonly counts: Float64Array;
  /** Of numbers, rising: the number of each code. */
  readonly numbers: Float64Array | undefined;
}

function findMiddles(
  { splits, splitCodes, n }: Population,
  space: Space,
  { codes, size, column }: Coded,
): Middles {
  const { values, width } = space;
  const training = splits.indexOf('training');
  const means = new Float64Array(size * width);
  const counts = new Float64Array(size);
  for (let row = 0; row < n; row++) {
    const code = codes[row]!;
    if (splitCodes[row] !== training || code < 0 || !isComparable(space, row)) continue;
    counts[code]!++;
    for (let c = 0; c < width; c++) means[code * width + c]! += values[row * width + c]!;
  }
  for (let code = 0; code < size; code++)
    for (let c = 0; c < width; c++) means[code * width + c]! /= Math.max(1, counts[code]!);
  if (column.type === 'category') return { means, counts, numbers: undefined };
  const numbers = new Float64Array(size);
  codes.forEach((code, row) => {
    if (code >= 0) numbers[code] = column.values[row]!;
  });
  return { means, counts, numbers };
}

/**
 * Sum of the squares of the distances of samples to the means of values. A mean of few samples lies farther away by
 * chance: each square is divided by 1 + 1 / count.
 */
function measureDistance(space: Space, middles: Middles, tested: Int32Array, dealt: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < tested.length; i++) sum += measureSquare(space, middles, tested[i]!, dealt[i]!);
  return sum;
}

function measureSquare(
  { values, width }: Space,
  { means, counts }: Middles,
  row: number,
  value: number,
): number {
  let square = 0;
  for (let c = 0, at = row * width, to = value * width; c < width; c++)
    square += (values[at + c]! - means[to + c]!) ** 2;
  return square / (1 + 1 / counts[value]!);
}

/**
 * Tests whether samples lie nearer to the mean of their own number than to what lies between the next numbers on both
 * sides, by turning signs of whole values at random. Returns 1 if the gain is below 2 %.
 */
function testBetween(
  { values, width }: Space,
  { means, counts, numbers }: Middles,
  {
    tested,
    own,
    random,
  }: { readonly tested: Int32Array; readonly own: Int32Array; readonly random: () => number },
): number {
  const filled = Int32Array.from(counts.keys()).filter((code) => counts[code]! > 0);
  const places = new Map(Array.from(filled, (code, at) => [code, at]));
  const gains = new Float64Array(filled.length);
  let total = 0;
  tested.forEach((row, i) => {
    const place = places.get(own[i]!)!;
    const [below, code, above] = [filled[place - 1], own[i]!, filled[place + 1]];
    if (below === undefined || above === undefined) return;
    const share = (numbers![code]! - numbers![below]!) / (numbers![above]! - numbers![below]!);
    const noise = (1 - share) ** 2 / counts[below]! + share ** 2 / counts[above]!;
    let [near, between] = [0, 0];
    for (let c = 0; c < width; c++) {
      const value = values[row * width + c]!;
      near += (value - means[code * width + c]!) ** 2;
      between += (value - (1 - share) * means[below * width + c]! - share * means[above * width + c]!) ** 2;
    }
    gains[place]! += between / (1 + noise) - near / (1 + 1 / counts[code]!);
    total += between / (1 + noise);
  });
  const gain = gains.reduce((sum, one) => sum + one, 0);
  if (!(gain > MIN_GAIN * total)) return 1;
  return flipSigns([...gains], random);
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
