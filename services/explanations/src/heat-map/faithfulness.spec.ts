import { edgeMap } from '@noema/saliency';
import { expect, it } from 'vitest';
import { beatsRandom, FaithfulnessScorer } from './faithfulness.js';

const SIZE = 8;
/** A bright block in a corner; the "model" sees only that: its score is the mean of the block. */
const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % SIZE < 3 && i < 3 * SIZE ? 1 : 0));
const predict = (rows: Float32Array): Promise<Float32Array> =>
  Promise.resolve(
    Float32Array.from(
      { length: rows.length / 64 },
      (_, row) => data.reduce((sum, inside, i) => sum + (inside === 1 ? rows[row * 64 + i]! : 0), 0) / 9,
    ),
  );

it('a map of what the model looks at beats random masks, its opposite is beaten', async () => {
  const judge = new FaithfulnessScorer(
    { data, height: SIZE, width: SIZE, channels: 1, order: 'hwc' },
    1,
    predict,
  );
  const good = await judge.judge({ data, height: SIZE, width: SIZE }, 4, (outputs, at) => outputs[at]!);
  expect(good.deletion).toBeLessThan(good.randomDeletion);
  expect(good.insertion).toBeGreaterThan(good.randomInsertion);
  const bad = await judge.judge(
    { data: data.map((value) => 1 - value), height: SIZE, width: SIZE },
    4,
    (outputs, at) => outputs[at]!,
  );
  expect(bad.deletion).toBeGreaterThan(bad.randomDeletion);
  expect(bad.insertion).toBeLessThan(bad.randomInsertion);
  expect(bad.randomDeletion).toBe(good.randomDeletion);
  expect(beatsRandom(good)).toEqual({ deletionBeatsRandom: true, insertionBeatsRandom: true });
  expect(beatsRandom(bad)).toEqual({ deletionBeatsRandom: false, insertionBeatsRandom: false });
});

it.each([
  ['equal areas', 0.41, 0.41, false],
  ['areas of nothing', 0, 0, false],
  ['a difference below one percent', 0.4, 0.403, false],
  ['a difference above one percent', 0.4, 0.405, true],
])('%s: a map beats random masks or not', (_, smaller, larger, beats) => {
  const scores = { deletion: smaller, randomDeletion: larger, insertion: larger, randomInsertion: smaller };
  expect(beatsRandom({ ...scores, deletionSpread: 0, insertionSpread: 0, orders: 1 })).toEqual({
    deletionBeatsRandom: beats,
    insertionBeatsRandom: beats,
  });
});

it('equally hot places are taken in ten orders, with the spread that those make', async () => {
  // Four places matter and are as hot as 28 others: which come first decides the score.
  const matters = (i: number): boolean => i % 16 === 0;
  const tied = data.map((_, i) => (i % 2 === 0 ? 1 : 0));
  const seen = (rows: Float32Array): Promise<Float32Array> =>
    Promise.resolve(
      Float32Array.from(
        { length: rows.length / 64 },
        (_, row) =>
          rows
            .subarray(row * 64, (row + 1) * 64)
            .reduce((sum, value, i) => sum + (matters(i) ? value : 0), 0) / 4,
      ),
    );
  const white = {
    data: new Float32Array(64).fill(1),
    height: SIZE,
    width: SIZE,
    channels: 1,
    order: 'hwc' as const,
  };
  const judge = new FaithfulnessScorer(white, 1, seen, true);
  const readScore = (outputs: Float32Array, at: number): number => outputs[at]!;
  const { deletion, insertion, deletionSpread, insertionSpread, orders } = await judge.judge(
    { data: tied, height: SIZE, width: SIZE },
    4,
    readScore,
  );
  expect(orders).toBe(10);
  // Half of the area goes first in random order: the score falls evenly from 1 to 0 over it.
  expect(deletion).toBeCloseTo(0.25, 1);
  expect(insertion).toBeCloseTo(0.75, 1);
  for (const spread of [deletionSpread!, insertionSpread!]) expect(spread).toBeGreaterThan(0.005);
  const sure = await judge.judge({ data: tied.map((_, i) => i), height: SIZE, width: SIZE }, 4, readScore);
  expect(sure).toMatchObject({ orders: 1, deletionSpread: 0, insertionSpread: 0 });
});

it('edges are judged as a map of their own, the same for every map of the sample', async () => {
  // The relevant area is flat: its middle has no edge, so the edge map deletes and inserts it later.
  const picture = { data, height: SIZE, width: SIZE, channels: 1, order: 'hwc' as const };
  const judge = new FaithfulnessScorer(picture, 1, predict);
  const readScore = (outputs: Float32Array, at: number): number => outputs[at]!;
  const good = await judge.judge({ data, height: SIZE, width: SIZE }, 4, readScore);
  const itself = await judge.judge(edgeMap(picture), 4, readScore);
  expect([good.edgeDeletion, good.edgeInsertion]).toEqual([itself.deletion, itself.insertion]);
  expect(good.deletion).toBeLessThan(good.edgeDeletion!);
  expect(good.insertion).toBeGreaterThan(good.edgeInsertion!);
});
