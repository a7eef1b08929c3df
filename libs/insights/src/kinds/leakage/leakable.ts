import { selectHeldOut } from '../../population/held-out.js';
import type { Population } from '../../population/population.js';

/** Returns 1 for each sample that counts as held out and is outside of training, [n] uint8, and their number. */
export function selectLeakable(population: Population): {
  readonly rows: Uint8Array;
  readonly count: number;
} {
  const { splits, splitCodes } = population;
  const training = splits.indexOf('training');
  const rows = selectHeldOut(population).rows.map((held, row) =>
    Number(held === 1 && splitCodes[row] !== training),
  );
  return { rows, count: rows.reduce((sum, one) => sum + one, 0) };
}
