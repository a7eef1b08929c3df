import { readFileSync } from 'node:fs';
import { benjaminiHochberg, chiSquareTail, computeMoments } from '@noema/evaluation';
import { describe, expect, it } from 'vitest';
import { combineCauchy } from './cauchy-combination.js';
import { conformalPValues } from './conformal.js';
import { fisherGreater, fisherTwoSided } from './fisher.js';
import { gTest } from './g-test.js';
import { fitIsotonic } from './isotonic.js';
import { scoreSides, toDirections } from './leave-one-out.js';
import { fitLogistic } from './logistic-regression.js';
import {
  adjustedInformation,
  expectedMutualInformation,
  mutualInformation,
  tabulate,
} from './mutual-information.js';
import { quantileBins } from './quantile-bins.js';
import { spearman } from './spearman.js';
import { studentisedDifference } from './studentised-bootstrap.js';
import { welchGreater } from './welch.js';

type Numbers = readonly number[];

/** Values by bench/reference/insights_statistics.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/statistics.json', import.meta.url), 'utf8'),
) as {
  readonly fisher: readonly (readonly [k: number, n: number, h: number, m: number, p: number])[];
  readonly welch: readonly { readonly inside: Numbers; readonly outside: Numbers; readonly p: number }[];
  readonly bootstrap: Readonly<Record<'inside' | 'outside', Numbers> & Record<'low' | 'high', number>>;
  readonly cauchy: readonly { readonly p: Numbers; readonly combined: number }[];
  readonly g_test: {
    readonly cases: readonly (Readonly<Record<'statistic' | 'degrees' | 'p', number>> & {
      readonly table: readonly Numbers[];
    })[];
    readonly tail: readonly (readonly [x: number, degrees: number, p: number])[];
  };
  readonly spearman: readonly Readonly<Record<'x' | 'y', Numbers> & Record<'coefficient' | 'p', number>>[];
  readonly isotonic: Readonly<Record<'x' | 'y' | 'weights' | 'at' | 'predicted', Numbers>>;
  readonly logistic: readonly Readonly<
    Record<'values' | 'labels' | 'logs', Numbers> & Record<'width' | 'classes' | 'l2', number>
  >[];
  readonly leave_one_out: Readonly<Record<'columns' | 'sides' | 'scores', Numbers>> & {
    readonly width: number;
  };
  readonly information: readonly Readonly<
    Record<'a' | 'b', Numbers> & Record<'information' | 'expected' | 'adjusted', number>
  >[];
  readonly hochberg: Readonly<Record<'p' | 'adjusted', Numbers>>;
};

const float = (values: Numbers): Float64Array => Float64Array.from(values);
/** Equal in nine digits, of values below 1e-300 in the absolute. */
const expectClose = (actual: number, expected: number, relative = 1e-9): void =>
  expect(Math.abs(actual - expected), `${actual}, ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected),
  );

describe('tests equal scipy:', () => {
  it('Fisher, exact', () => {
    for (const [insideHits, insideCount, outsideHits, outsideCount, p] of reference.fisher)
      expectClose(fisherGreater({ insideHits, insideCount, outsideHits, outsideCount }), p);
  });

  it('Fisher, two-sided: twice the smaller sum of exact fractions of binomial coefficients', () => {
    const ofHits = (insideHits: number, insideCount: number, outsideHits: number, outsideCount: number) =>
      fisherTwoSided({ insideHits, insideCount, outsideHits, outsideCount });
    expectClose(ofHits(2, 46, 127, 480), 0.0003746791916711899);
    expectClose(ofHits(12, 72, 5, 95), 0.03143164052272219);
    expectClose(ofHits(0, 20, 40, 200), 0.02942823921660755);
    expect(ofHits(3, 10, 30, 100)).toBe(1);
  });

  it('Welch', () => {
    for (const { inside, outside, p } of reference.welch)
      expectClose(welchGreater(computeMoments(float(inside)), computeMoments(float(outside))), p);
    const one = computeMoments(Float64Array.of(1));
    const equal = computeMoments(Float64Array.of(2, 2, 2));
    expect([welchGreater(one, equal), welchGreater(equal, equal)]).toEqual([1, 1]);
  });

  it('G, with the correction of Williams', () => {
    for (const { table, statistic, degrees, p } of reference.g_test.cases) {
      const result = gTest(table)!;
      expectClose(result.statistic, statistic);
      expect(result.degrees).toBe(degrees);
      expectClose(result.pValue, p);
    }
    for (const [x, degrees, p] of reference.g_test.tail) expectClose(chiSquareTail(x, degrees), p);
  });

  it('G merges columns with small expected counts, and refuses a table without two', () => {
    const merged = gTest([
      [30, 12, 3, 2, 1],
      [25, 40, 1, 4, 3],
    ]);
    expect(merged).toEqual(
      gTest([
        [30, 12, 6],
        [25, 40, 8],
      ]),
    );
    expect(
      gTest([
        [30, 1],
        [20, 2],
      ]),
    ).toBeUndefined();
    expect(
      gTest([
        [30, 10],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(gTest([])).toBeUndefined();
  });

  it('Cauchy combination', () => {
    for (const { p, combined } of reference.cauchy) expectClose(combineCauchy(p), combined);
    expect(combineCauchy([NaN, 0.3])).toBeCloseTo(0.3, 12);
    expect(combineCauchy([1, 1e-6])).toBeLessThan(1e-5);
    expect(combineCauchy([0, 0.5])).toBe(0);
    expect(combineCauchy([])).toBeNaN();
  });

  it('Benjamini and Hochberg', () => {
    benjaminiHochberg(reference.hochberg.p).forEach((q, i) => {
      expectClose(q, reference.hochberg.adjusted[i]!);
    });
  });

  it('Spearman', () => {
    for (const { x, y, coefficient, p } of reference.spearman) {
      const result = spearman(float([...x, NaN, 1]), float([...y, 1, NaN]));
      expectClose(result.coefficient, coefficient);
      expectClose(result.pValue, p);
    }
    expect(spearman(float([1, 2, 3]), float([1, 2, 3]))).toEqual({ coefficient: 1, pValue: 0, n: 3 });
    expect(spearman(float([1, 1, 1]), float([1, 2, 3])).coefficient).toBeNaN();
  });
});

it('the studentised interval is that of 100,000 resamples to a tenth of its width', () => {
  const { inside, outside, low, high } = reference.bootstrap;
  const interval = studentisedDifference(float(inside), float(outside));
  expect(Math.abs(interval.low - low)).toBeLessThan((high - low) / 10);
  expect(Math.abs(interval.high - high)).toBeLessThan((high - low) / 10);
  expect(studentisedDifference(float([1]), float([1, 2]))).toEqual({ low: -Infinity, high: Infinity });
  expect(studentisedDifference(float([2, 2]), float([1, 1]))).toEqual({ low: 1, high: 1 });
});

it('the studentised interval is open where too many resamples have no spread', () => {
  // A third of the resamples of the first side are zeros, like the second side.
  for (const inside of [
    [0, 0, 0, 0, 1],
    [0, 0, 0, 1],
  ]) {
    const { low, high } = studentisedDifference(float(inside), float([0, 0, 0, 0, 0]));
    expect(low).toBeLessThan(0.25);
    expect(high).toBe(Infinity);
  }
});

it('conformal p-values count the calibration scores at or above', () => {
  const p = conformalPValues(float([3, 1, NaN, 2, 2]), float([0, 2, 2.5, 9, NaN]));
  expect([...p]).toEqual([1, 0.8, 0.4, 0.2, NaN]);
});

describe('fits equal scikit-learn:', () => {
  it('isotonic', () => {
    const { x, y, weights, at, predicted } = reference.isotonic;
    const fit = fitIsotonic(float([...x, NaN]), float([...y, 1]), float([...weights, 1]));
    at.forEach((value, i) => {
      expectClose(fit.predict(value), predicted[i]!);
    });
    expect(fitIsotonic(float([]), float([])).predict(1)).toBeNaN();
  });

  it('logistic, binary and multinomial', () => {
    for (const { values, width, labels, classes, l2, logs } of reference.logistic) {
      const data = { values: Float32Array.from(values), width, labels: Int32Array.from(labels), classes };
      const model = fitLogistic(data, [...labels.keys()], { l2, tolerance: 1e-9, maxIterations: 500 });
      const own = new Float64Array(classes);
      const errors = labels.map((_, row) => {
        model.predict(data.values, row, own);
        return Math.max(...own.map((log, c) => Math.abs(log - logs[row * classes + c]!)));
      });
      expect(Math.max(...errors)).toBeLessThan(1e-5);
    }
  });
});

it('a side is predicted as by a ridge regression without the row', () => {
  const { columns, width, sides, scores } = reference.leave_one_out;
  const view = toDirections(Float32Array.from(columns), width, sides.length);
  scoreSides(view, sides).forEach((score, row) => {
    expect(Math.abs(score - scores[row]!)).toBeLessThan(1e-4);
  });
});

describe('information', () => {
  it("equals scikit-learn's, its mean by chance and the adjusted one", () => {
    for (const { a, b, information, expected, adjusted } of reference.information) {
      const table = tabulate(Int32Array.from([...a, -1]), Int32Array.from([...b, 0]));
      expectClose(mutualInformation(table), information);
      expectClose(expectedMutualInformation(table), expected);
      expectClose(adjustedInformation(table), adjusted, 1e-8);
    }
    expect(adjustedInformation(tabulate(Int32Array.of(0, 0), Int32Array.of(0, 1)))).toBe(0);
  });

  it('bins have nearly equal counts, and equal values share one', () => {
    const { codes, edges } = quantileBins(float([5, 1, NaN, 2, 2, 3, 9, 4]), 4);
    expect([...edges]).toEqual([2, 3, 5]);
    expect([...codes]).toEqual([2, 0, -1, 0, 0, 1, 3, 2]);
    expect([...quantileBins(float([1, 1, 1, NaN]), 4).codes]).toEqual([0, 0, 0, -1]);
  });
});
