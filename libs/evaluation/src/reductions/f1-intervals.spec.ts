import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  type ConfusionMatrix,
  estimateMacroF1,
  f1Interval,
  type Interval,
  reportClasses,
  wilsonInterval,
} from '../index.js';

type Counts = Omit<ConfusionMatrix, 'n'>;
const DRAWS = 1000;

/** Shares of the cells: classes of different sizes, and a share of errors that goes to the next classes. */
function shares(classCount: number, errors: number): Float64Array {
  const cells = new Float64Array(classCount ** 2);
  const sizes = Array.from({ length: classCount }, (_, k) => 1 + (k % 3));
  const sum = sizes.reduce((all, size) => all + size, 0);
  for (let k = 0; k < classCount; k++) {
    const [size, wrong] = [sizes[k]! / sum, errors * (1 + (k % 2))];
    cells[k * classCount + k]! += size * (1 - wrong);
    cells[k * classCount + ((k + 1) % classCount)]! += (size * wrong * 2) / 3;
    cells[k * classCount + ((k + 2) % classCount)]! += (size * wrong) / 3;
  }
  return cells;
}

function draw(classCount: number, share: Float64Array, n: number, random: () => number): Counts {
  const cells = new Float64Array(share.length);
  for (let i = 0; i < n; i++) {
    let [rest, cell] = [random(), 0];
    while (cell < share.length - 1 && (rest -= share[cell]!) >= 0) cell++;
    cells[cell]!++;
  }
  return { classCount, cells };
}

/** Percent of the draws whose interval contains the value. */
function coverage(
  classCount: number,
  errors: number,
  n: number,
  interval: (matrix: Counts) => Interval | undefined,
  value: (matrix: Counts) => number,
): number {
  const [share, random] = [shares(classCount, errors), seededRandom(9, n)];
  const truth = value({ classCount, cells: share });
  let covered = 0;
  for (let i = 0; i < DRAWS; i++) {
    const found = interval(draw(classCount, share, n, random));
    if (found !== undefined && found.low <= truth && truth <= found.high) covered++;
  }
  return (100 * covered) / DRAWS;
}

describe('intervals of F1 of 95 %', () => {
  it.each([
    [2, 0.1, 100],
    [3, 0.05, 400],
    [10, 0.1, 1000],
    [10, 0.3, 500],
  ])(
    'cover in 93 to 97 percent of 1,000 draws: %i classes, errors of %f, %i samples',
    (classCount, errors, n) => {
      const one = coverage(
        classCount,
        errors,
        n,
        (matrix) => f1Interval(reportClasses(matrix).classes[1]!),
        (matrix) => reportClasses(matrix).classes[1]!.f1,
      );
      expect(one).toBeGreaterThanOrEqual(93);
      expect(one).toBeLessThanOrEqual(97);
    },
  );

  it.each([
    [2, 0.1, 300],
    [3, 0.05, 1000],
    [10, 0.1, 1000],
    [10, 0.3, 1000],
  ])(
    'of the mean cover in 93 to 97 percent of 1,000 draws: %i classes, errors of %f, %i samples',
    (classCount, errors, n) => {
      const mean = coverage(
        classCount,
        errors,
        n,
        (matrix) => estimateMacroF1(matrix).interval,
        (matrix) => reportClasses(matrix).macro.f1,
      );
      expect(mean).toBeGreaterThanOrEqual(93);
      expect(mean).toBeLessThanOrEqual(97);
    },
  );

  it('has the variance that moving each sample a little gives', () => {
    const matrix = draw(4, shares(4, 0.2), 800, seededRandom(3));
    const step = 1e-5;
    const base = reportClasses(matrix).macro.f1;
    let variance = 0;
    matrix.cells.forEach((count, cell) => {
      const cells = matrix.cells.slice();
      cells[cell]! += step;
      variance += count * ((reportClasses({ classCount: 4, cells }).macro.f1 - base) / step) ** 2;
    });
    const { interval } = estimateMacroF1(matrix);
    const logit = (share: number): number => Math.log(share / (1 - share));
    const reach = (logit(interval!.high) - logit(interval!.low)) / 2;
    expect(reach).toBeCloseTo((1.959964 * Math.sqrt(variance)) / (base * (1 - base)), 4);
  });

  it('of one class is that of the share of hits among samples that have or get it', () => {
    // 8 hits, 10 samples, 9 predictions: J = 8 / 11 and F1 = 16 / 19.
    const { low, high } = wilsonInterval(8, 11);
    expect(f1Interval({ correct: 8, support: 10, predicted: 9 })).toEqual({
      low: (2 * low) / (1 + low),
      high: (2 * high) / (1 + high),
    });
    expect(f1Interval({ correct: 0, support: 0, predicted: 0 })).toBeUndefined();
  });

  it('of the mean have a reason where there are none', () => {
    const matrix = (...cells: number[]) => ({ classCount: 2, cells: Float64Array.from(cells) });
    expect(estimateMacroF1(matrix(50, 0, 0, 50))).toMatchObject({ value: 1, interval: undefined });
    expect(estimateMacroF1(matrix(50, 5, 2, 3)).note).toContain('fewer than 20 samples');
    expect(estimateMacroF1(matrix(0, 0, 0, 0)).note).toContain('no class');
  });
});
