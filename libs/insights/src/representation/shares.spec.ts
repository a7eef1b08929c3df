import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import { type CellShares, judgeShares, type Shares } from './shares.js';

/** Counts of cells with these chances, in training and in held-out samples, once for each half. */
function drawCells(
  random: () => number,
  { training, heldOut }: { readonly training: readonly number[]; readonly heldOut: readonly number[] },
  { n, m }: { readonly n: number; readonly m: number },
): CellShares[] {
  const draw = (chances: readonly number[], count: number): number[] => {
    const counts = chances.map(() => 0);
    for (let i = 0; i < count; i++) {
      let [u, at] = [random(), 0];
      while (at < chances.length - 1 && u >= chances[at]!) u -= chances[at++]!;
      counts[at]!++;
    }
    return counts;
  };
  const half = (): Shares[] => {
    const [known, held] = [draw(training, n), draw(heldOut, m)];
    return known.map((count, at) => ({
      training: count,
      trainingCount: n,
      heldOut: held[at]!,
      heldOutCount: m,
    }));
  };
  const [find, confirm] = [half(), half()];
  return find.map((one, at) => ({ find: one, confirm: confirm[at]!, isSearched: false }));
}

const countFound = (cells: readonly CellShares[]): number =>
  judgeShares(cells, 0.1).filter(({ isFound }) => isFound).length;

describe('shares of training and held-out samples', () => {
  it.each([
    [4, 240, 46],
    [10, 400, 100],
    [20, 1600, 400],
    [5, 100, 100],
  ])('that are equal give no finding: %i cells, %i training and %i held-out samples', (cells, n, m) => {
    const chances = Array.from({ length: cells }, () => 1 / cells);
    let loud = 0;
    for (let seed = 0; seed < 400; seed++) {
      const drawn = drawCells(seededRandom(seed, cells), { training: chances, heldOut: chances }, { n, m });
      loud += Number(countFound(drawn) > 0);
    }
    // At most one in a hundred data sets, with three standard errors.
    expect(loud).toBeLessThanOrEqual(4 + 3 * Math.sqrt(4));
  });

  it('that differ by a factor of four are found in 19 of 20 data sets', () => {
    const heldOut = [0.2, 0.3, 0.5];
    const training = [0.05, 0.35, 0.6];
    let found = 0;
    for (let seed = 0; seed < 200; seed++)
      found += Number(
        countFound(drawCells(seededRandom(seed), { training, heldOut }, { n: 800, m: 200 })) > 0,
      );
    expect(found).toBeGreaterThanOrEqual(190);
  });

  it('are no finding where one half disagrees, or the factor is small', () => {
    const shares = (training: number, heldOut: number): Shares => ({
      training,
      trainingCount: 10_000,
      heldOut,
      heldOutCount: 10_000,
    });
    const few = { find: shares(500, 1500), confirm: shares(500, 1500), isSearched: false };
    expect(countFound([few])).toBe(1);
    expect(countFound([{ ...few, find: shares(1500, 500) }])).toBe(0);
    expect(countFound([{ ...few, find: shares(5000, 6000), confirm: shares(5000, 6000) }])).toBe(0);
  });

  it('of a group without members, or with all samples, are no finding', () => {
    const all = { training: 10, trainingCount: 10, heldOut: 10, heldOutCount: 10 };
    const none = { ...all, training: 0, heldOut: 0 };
    expect(
      judgeShares(
        [all, none].map((one) => ({ find: one, confirm: one, isSearched: true })),
        0.1,
      ),
    ).toEqual([
      { isFound: false, pValue: 1, qValue: 1 },
      { isFound: false, pValue: 1, qValue: 1 },
    ]);
  });
});
