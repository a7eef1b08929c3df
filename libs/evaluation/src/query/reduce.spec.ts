import { describe, expect, it } from 'vitest';
import { largestDifference, parseNumbers, parseShares, reference } from '../../test/reference.js';
import {
  type Calibration,
  type Outputs,
  parseDocument,
  reduceOutputs,
  type ReductionChart,
} from '../index.js';

const [stored] = reference.classifications;
const scores = parseShares(stored!.thousandths, 1000);
const truth = Int32Array.from(parseShares(stored!.truth, 1));
const digits: Outputs = {
  truth,
  predicted: Int32Array.from(truth, (_, row) => {
    const own = scores.subarray(row * 10, row * 10 + 10);
    return own.indexOf(Math.max(...own));
  }),
  scores,
  width: 10,
  targets: undefined,
  losses: Float64Array.from(truth, (k, row) => -Math.log(Math.max(scores[row * 10 + k]!, 1e-3))),
  classNames: [],
};
const all = Uint32Array.from(truth, (_, row) => row);
const reduce = (chart: object, outputs: Outputs = digits, rows: Uint32Array = all) =>
  reduceOutputs(
    parseDocument({ version: 1, charts: [chart] }).charts[0] as ReductionChart,
    outputs,
    rows,
  ) as unknown as Record<string, number & Float64Array & { readonly value: number }>;

describe('reductions by name', () => {
  it('have the values of scikit-learn', () => {
    const { shares } = reduce({ reduce: 'confusion', normalize: 'all' });
    expect(largestDifference(shares!, parseNumbers(stored!.plain.confusion.all))).toBeLessThan(1e-9);
    const [ap, auc] = stored!.plain.areas[9]!;
    expect(reduce({ reduce: 'pr', class: 9 }).area!.value).toBeCloseTo(ap, 10);
    expect(reduce({ reduce: 'roc', class: '9' }).area!.value).toBeCloseTo(auc, 10);
    const { accuracy, meanLoss } = reduce({ reduce: 'classes' });
    expect(accuracy).toBeCloseTo(stored!.plain.accuracy, 10);
    expect(largestDifference(meanLoss!, parseNumbers(stored!.meanLoss))).toBeLessThan(1e-9);
    const { expectedCalibrationError } = reduce({ reduce: 'calibration', class: 1 });
    expect(expectedCalibrationError).toBeCloseTo(stored!.calibration.error, 10);
    // Without a class, the calibration is the one of the predicted class.
    const ofPredicted = reduce({ reduce: 'calibration' }) as unknown as Calibration;
    const { correct, misclassified } = reduce({ reduce: 'confidence' });
    const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
    expect(ofPredicted.n).toBe(truth.length);
    expect(sum(ofPredicted.bins.map(({ positives }) => positives))).toBe(sum(correct!));
    expect([...misclassified!]).toEqual(parseNumbers(stored!.confidence.misclassified));
    expect(reduce({ reduce: 'thresholds', class: 0 }).thresholds).toHaveLength(101);
  });

  it('count the rows that are given, and leave out those without ground truth', () => {
    expect(reduce({ reduce: 'confusion' }, digits, Uint32Array.of(1, 5, 7)).n).toBe(3);
    const unlabeled = { ...digits, truth: truth.map((own, row) => (row < 10 ? -1 : own)) };
    expect(reduce({ reduce: 'calibration', class: 1 }, unlabeled).n).toBe(truth.length - 10);
  });

  it('take one number as the score of the second of two classes', () => {
    const two: Outputs = {
      ...digits,
      truth: Int32Array.of(0, 0, 1, 1),
      predicted: Int32Array.of(0, 0, 1, 1),
      scores: Float32Array.of(0.25, 0.125, 0.5, 0.75),
      width: 1,
      losses: new Float32Array(4),
      classNames: ['no', 'yes'],
    };
    const rows = Uint32Array.of(0, 1, 2, 3);
    expect(reduce({ reduce: 'roc' }, two, rows).area!.value).toBe(1);
    expect(reduce({ reduce: 'roc', class: 'no' }, two, rows).area!.value).toBe(1);
    expect(reduce({ reduce: 'confusion' }, two, rows).n).toBe(4);
    // Confidences 0.75, 0.875, 0.5 and 0.75, in 20 bins.
    const { correct } = reduce({ reduce: 'confidence' }, two, rows);
    expect([...correct!.entries()].filter(([, count]) => count > 0)).toEqual([
      [10, 1],
      [15, 2],
      [17, 1],
    ]);
  });

  it.each([
    [{ reduce: 'pr', class: 'ten' }, 'there is no class "ten"; write class, one of 0, 1'],
    [{ reduce: 'roc' }, 'there is no class named; write class'],
    [{ reduce: 'regression' }, '"regression" needs a regression with one output'],
  ])('%j is refused by name', (chart, message) => {
    expect(() => reduce(chart)).toThrow(message);
  });
});
