import { expect, it } from 'vitest';
import { SimilarityFaithfulness } from './similarity.faithfulness.js';

const SIZE = 8;
const block = (i: number): boolean => i % SIZE < 3 && i < 3 * SIZE;
const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (block(i) ? 1 : 0.5));
/** A "perception" of two numbers: what is bright in the corner, and a little of what is bright elsewhere. */
const computeVectors = (rows: Float32Array): Promise<Float32Array> =>
  Promise.resolve(
    Float32Array.from({ length: rows.length / 32 }, (_, at) => {
      const row = at >> 1;
      const inside = at % 2 === 0;
      return (
        data.reduce((sum, _value, i) => sum + (block(i) === inside ? rows[row * 64 + i]! : 0), 0) *
        (inside ? 1 : 0.01)
      );
    }),
  );
const map = (of: (i: number) => number) => ({
  data: Float32Array.from({ length: SIZE * SIZE }, (_, i) => of(i)),
  height: SIZE,
  width: SIZE,
});

it(
  'emptying what two samples share takes them apart faster than random masks, emptying the rest more ' +
    'slowly',
  async () => {
    const judge = new SimilarityFaithfulness(
      { data, height: SIZE, width: SIZE, channels: 1, order: 'hwc' },
      computeVectors,
    );
    const towards = Float32Array.of(9, 0.3);
    const shared = await judge.judge(
      map((i) => (block(i) ? 1 : 0)),
      4,
      towards,
    );
    const rest = await judge.judge(
      map((i) => (block(i) ? 0 : 1)),
      4,
      towards,
    );
    expect(shared.deletion).toBeGreaterThan(shared.randomDeletion);
    expect(rest.deletion).toBeLessThan(rest.randomDeletion);
    expect(rest.randomDeletion).toBe(shared.randomDeletion);
  },
);

it('is the area under the distance, by the trapezoids of its curve', async () => {
  const judge = new SimilarityFaithfulness(
    { data: Float32Array.of(4, 3), height: 1, width: 2, channels: 1, order: 'hwc' },
    (rows) => Promise.resolve(rows),
  );
  // (4, 3) → (0, 3) → (0, 0), seen from (4, 0): distances 3, 5, 4 over two halves.
  expect(
    (await judge.judge({ data: Float32Array.of(2, 1), height: 1, width: 2 }, 1, Float32Array.of(4, 0)))
      .deletion,
  ).toBeCloseTo((3 + 5) / 4 + (5 + 4) / 4, 6);
});
