import { seededRandom } from '@noema/kernel/random';
import { formatCount, formatShare } from '../../finding/numbers.js';
import type { Finding } from '../../finding/finding.js';
import { isComparable } from '../../population/places.js';
import type { MetadataColumn, Population, Space } from '../../population/population.js';
import { flipSigns } from './flip-signs.js';
import { describeInflation } from './inflation.js';
import { selectLeakable } from './leakable.js';

/** A column that may be a time has this share of distinct values, or more. */
const MIN_DISTINCT = 0.9;
/** Places in the order of time: how far away the samples are with which the next one is compared, on both sides. */
const [FAR_FROM, FAR_TO] = [10, 14];
/** Least share by which the square of the distance must fall, and the fewest samples and blocks of the test. */
const [MIN_GAIN, MIN_SAMPLES, MIN_BLOCKS] = [0.1, 50, 10];
/** Samples that follow each other in time are one unit of the test. */
const MAX_BLOCKS = 50;

/** A column in whose order held-out samples are next to training samples that look alike. */
export interface NearTimes {
  readonly column: MetadataColumn;
  /** Held-out samples in the test, [n] uint8. */
  readonly leaked: Uint8Array;
  /** Share by which the square of the distance to the next training sample is smaller. */
  readonly gain: number;
  readonly pValue: number;
}

/**
 * Tests numbers that differ in nearly all samples: a held-out sample leaks if the training samples of its class that
 * are next to it in this order lie nearer to it than training samples that are ten places away. Frames of a film do; a
 * measure such as a brightness changes as little over ten places as over one, and a random number is near none.
 */
export function testNearTimes(population: Population, space: Space, seed: number): NearTimes[] {
  const results: NearTimes[] = [];
  for (const [at, column] of population.metadata.entries()) {
    if (column.type !== 'number') continue;
    const known = column.values.filter((value) => Number.isFinite(value));
    if (new Set(known).size < Math.max(MIN_DISTINCT * known.length, MIN_SAMPLES)) continue;
    const tested = testColumn(population, space, column.values, seededRandom(seed, 19, at));
    if (tested !== undefined) results.push({ column, ...tested });
  }
  return results;
}

function testColumn(
  population: Population,
  space: Space,
  times: Float64Array,
  random: () => number,
): Omit<NearTimes, 'column'> | undefined {
  const { n, splits, splitCodes, labels } = population;
  const training = splits.indexOf('training');
  const { rows: isHeldOut } = selectLeakable(population);
  const order = Int32Array.from({ length: n }, (_, row) => row)
    .filter((row) => Number.isFinite(times[row]) && isComparable(space, row))
    .sort((a, b) => times[a]! - times[b]! || a - b);
  // Each class has its own order, in which its training samples are counted.
  const learned = new Map<number, number[]>();
  for (const row of order)
    if (splitCodes[row] === training) {
      const label = labels?.[row] ?? -1;
      (learned.get(label) ?? learned.set(label, []).get(label)!).push(row);
    }
  const passed = new Map<number, number>();
  const leaked = new Uint8Array(n);
  const gains: number[] = [];
  let total = 0;
  for (const row of order) {
    const label = labels?.[row] ?? -1;
    const place = passed.get(label) ?? 0;
    if (splitCodes[row] === training) passed.set(label, place + 1);
    if (isHeldOut[row] !== 1) continue;
    const own = learned.get(label) ?? [];
    if (place < FAR_TO || place + FAR_TO > own.length) continue;
    const mean = (from: number, to: number): number => {
      let sum = 0;
      for (let step = from; step < to; step++)
        sum +=
          squareBetween(space, row, own[place - 1 - step]!) + squareBetween(space, row, own[place + step]!);
      return sum / (2 * (to - from));
    };
    const far = mean(FAR_FROM, FAR_TO);
    leaked[row] = 1;
    gains.push(far - mean(0, 1));
    total += far;
  }
  if (gains.length < MIN_SAMPLES) return undefined;
  const blocks = new Array<number>(Math.min(MAX_BLOCKS, Math.max(MIN_BLOCKS, gains.length >> 3))).fill(0);
  gains.forEach((gain, at) => (blocks[Math.floor((at * blocks.length) / gains.length)]! += gain));
  const gain = total > 0 ? gains.reduce((sum, one) => sum + one, 0) / total : 0;
  return { leaked, gain, pValue: gain > MIN_GAIN ? flipSigns(blocks, random) : 1 };
}

function squareBetween({ values, width }: Space, a: number, b: number): number {
  let square = 0;
  for (let c = 0; c < width; c++) square += (values[a * width + c]! - values[b * width + c]!) ** 2;
  return square;
}

/** Returns the finding of a column in whose order training and held-out samples lie next to each other. */
export function describeNearTimes(
  population: Population,
  { column, leaked, gain, pValue }: NearTimes,
  qValue: number,
): Finding {
  const members = Int32Array.from(leaked.keys()).filter((row) => leaked[row] === 1);
  const { count: heldOut } = selectLeakable(population);
  // Nearly all held-out samples have such a neighbour, so that no metric without them is left to compare.
  const { text, numbers, ...rest } = describeInflation(undefined);
  return {
    subkind: 'near',
    state: 'confirmed',
    sentence:
      `${formatCount(members.length)} of ${formatCount(heldOut)} held-out samples lie next to training samples in ` +
      `the order of ${column.name}, and resemble them: the square of their distance is ${formatShare(gain)} smaller ` +
      `than ten places away; ${text}.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: undefined,
    pValue,
    qValue,
    explanations: [],
    numbers: { leaked: members.length, heldOut, nearness: gain, ...numbers },
    tables: {},
    remarks: [],
    ...rest,
  };
}
