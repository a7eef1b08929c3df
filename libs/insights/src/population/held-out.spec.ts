import { expect, it } from 'vitest';
import { selectHeldOut } from './held-out.js';
import type { Population } from './population.js';

/** A sample of each split. */
const population: Population = {
  ...{ n: 3, task: undefined, classNames: [], splits: ['training', 'validation', 'unlabeled'] },
  ...{ splitCodes: Uint8Array.of(0, 1, 2), history: [], spaces: [], metadata: [] },
};

it('holds out samples with a ground truth outside of training', () => {
  const select = (over: Partial<Population>) => selectHeldOut({ ...population, ...over });
  // Predicted objects of a detection are unlabelled, and from pictures of training too.
  expect(select({})).toEqual({ rows: Uint8Array.of(0, 1, 0), isHeldOut: true });
  expect(select({ losses: Float32Array.of(1, 2, NaN) }).rows).toEqual(Uint8Array.of(0, 1, 0));
  expect(select({ losses: Float32Array.of(1, NaN, 3) }).rows).toEqual(Uint8Array.of(0, 0, 1));
  expect(select({ splitCodes: Uint8Array.of(0, 2, 2) })).toEqual({
    rows: Uint8Array.of(1, 1, 1),
    isHeldOut: false,
  });
});
