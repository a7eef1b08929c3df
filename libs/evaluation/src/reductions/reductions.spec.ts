import { describe, expect, it } from 'vitest';
import { largestDifference, parseNumbers, parseShares, reference } from '../../test/reference.js';
import {
  areaUnderRoc,
  averagePrecision,
  brierScore,
  computeCalibration,
  computeConfusion,
  computeHistogram,
  computeHistogram2d,
  computeResiduals,
  confidenceHistogram,
  meanByClass,
  normalizeConfusion,
  precisionRecallCurve,
  rankScores,
  reportClasses,
  reportRegression,
  rocCurve,
  sweepThresholds,
  thinCurve,
} from '../index.js';

const TOLERANCE = 1e-9;

const cases = reference.classifications.map((stored) => {
  const { classCount } = stored;
  const truth = Int32Array.from(parseShares(stored.truth, 1));
  const probabilities = parseShares(stored.thousandths, 1000);
  const scores = (k: number): Float64Array => probabilities.filter((_, i) => i % classCount === k);
  const isPositive = (k: number): Uint8Array => Uint8Array.from(truth, (own) => (own === k ? 1 : 0));
  const rows = Array.from(truth, (_, row) =>
    probabilities.subarray(row * classCount, (row + 1) * classCount),
  );
  const confidence = Float64Array.from(rows, (row) => Math.max(...row));
  const predicted = Int32Array.from(rows, (row, i) => row.indexOf(confidence[i]!));
  const weights = { plain: undefined, weighted: parseShares(stored.hundredths, 100) };
  return { ...stored, stored, truth, probabilities, scores, isPositive, confidence, predicted, weights };
});

describe.each(cases)('metrics of $name', (data) => {
  const { stored, truth, predicted, classCount, scores, isPositive } = data;

  it.each(['plain', 'weighted'] as const)('equal scikit-learn, %s', (kind) => {
    const weights = data.weights[kind];
    const expected = stored[kind];
    const matrix = computeConfusion({ truth, predicted, weights }, classCount);
    const by = { none: 'None', truth: 'true', prediction: 'pred', all: 'all' } as const;
    for (const [normalization, name] of Object.entries(by)) {
      const cells = normalizeConfusion(matrix, normalization as keyof typeof by);
      // scikit-learn writes 0 where a row or column has no samples.
      const zeros = cells.map((cell) => (Number.isNaN(cell) ? 0 : cell));
      expect(largestDifference(zeros, parseNumbers(expected.confusion[name]))).toBeLessThan(TOLERANCE);
    }
    const report = reportClasses(matrix);
    for (const name of ['precision', 'recall', 'f1', 'support'] as const) {
      const found = report.classes.map((one) => one[name]);
      expect(largestDifference(found, parseNumbers(expected[name])), name).toBeLessThan(TOLERANCE);
    }
    expect(report.accuracy).toBeCloseTo(expected.accuracy, 10);
    for (const name of ['macro', 'weighted'] as const) {
      const { precision, recall, f1 } = report[name];
      expect(largestDifference([precision, recall, f1], parseNumbers(expected[name])), name).toBeLessThan(
        TOLERANCE,
      );
    }
  });

  it.each(['plain', 'weighted'] as const)('include the curves and areas of scikit-learn, %s', (kind) => {
    const weights = data.weights[kind];
    const expected = stored[kind];
    expected.areas.forEach(([ap, auc], k) => {
      const ranked = rankScores({ isPositive: isPositive(k), scores: scores(k), weights });
      expect(averagePrecision(ranked)).toBeCloseTo(ap, 10);
      expect(areaUnderRoc(ranked)).toBeCloseTo(auc, 10);
    });
    const ranked = rankScores({ isPositive: isPositive(1), scores: scores(1), weights });
    const pr = precisionRecallCurve(ranked);
    const roc = rocCurve(ranked);
    const same = (found: Float64Array, name: keyof typeof expected.curves): void =>
      expect(largestDifference(found, parseNumbers(expected.curves[name])), name).toBeLessThan(TOLERANCE);
    // scikit-learn lists precision and recall by rising threshold.
    same(pr.y.toReversed(), 'precision');
    same(pr.x.toReversed(), 'recall');
    same(pr.thresholds.slice(1).toReversed(), 'thresholds');
    same(roc.x, 'fpr');
    same(roc.y, 'tpr');
    same(roc.thresholds, 'levels');
  });

  it('include calibration, Brier score and losses of scikit-learn and numpy', () => {
    const columns = { isPositive: isPositive(1), scores: scores(1) };
    for (const strategy of ['uniform', 'quantile'] as const) {
      const bins = computeCalibration(columns, { strategy }).bins.filter(({ n }) => n > 0);
      const expected = stored.calibration[strategy];
      expect(
        largestDifference(
          bins.map(({ share }) => share),
          parseNumbers(expected.share),
        ),
      ).toBeLessThan(TOLERANCE);
      expect(
        largestDifference(
          bins.map(({ confidence }) => confidence),
          parseNumbers(expected.confidence),
        ),
      ).toBeLessThan(TOLERANCE);
    }
    const calibration = computeCalibration(columns);
    expect(calibration.expectedCalibrationError).toBeCloseTo(stored.calibration.error, 10);
    expect(calibration.brier).toBeCloseTo(stored.calibration.brier, 10);
    expect(brierScore(truth, data.probabilities, classCount)).toBeCloseTo(stored.brier, 10);
    const losses = Float64Array.from(truth, (k, row) => {
      const own = data.probabilities[row * classCount + k]!;
      return -Math.log(Math.max(own, 1e-3));
    });
    expect(
      largestDifference(meanByClass(truth, losses, classCount), parseNumbers(stored.meanLoss)),
    ).toBeLessThan(TOLERANCE);
  });

  it('include confidence histograms of numpy', () => {
    const correct = Uint8Array.from(truth, (own, row) => (own === predicted[row] ? 1 : 0));
    const found = confidenceHistogram(data.confidence, correct);
    expect([...found.correct]).toEqual(parseNumbers(stored.confidence.correct));
    expect([...found.misclassified]).toEqual(parseNumbers(stored.confidence.misclassified));
  });

  it('decide at a threshold as counting the scores does', () => {
    const columns = { isPositive: isPositive(0), scores: scores(0) };
    const ranked = rankScores(columns);
    for (const metrics of sweepThresholds(ranked, [-1, 0, 0.003, 0.5, 0.5005, 1, 2])) {
      let [positives, hits] = [0, 0];
      columns.scores.forEach((score, row) => {
        if (score < metrics.threshold) return;
        positives++;
        hits += columns.isPositive[row]!;
      });
      expect([metrics.truePositives, metrics.falsePositives]).toEqual([hits, positives - hits]);
      expect(metrics.truePositives + metrics.falseNegatives).toBe(ranked.positives);
      expect(metrics.falsePositives + metrics.trueNegatives).toBe(ranked.negatives);
    }
  });
});

describe.each(reference.regressions)('metrics of $name', (stored) => {
  const truth = parseShares(stored.truthTenths, 10);
  const predicted = parseShares(stored.predictedTenths, 10);

  it('equal scikit-learn and numpy', () => {
    const report = reportRegression(truth, predicted);
    for (const name of [
      'meanAbsoluteError',
      'rootMeanSquaredError',
      'medianAbsoluteError',
      'maximumError',
      'meanResidual',
      'r2',
    ] as const)
      expect(report[name], name).toBeCloseTo(stored[name], 10);
    const residuals = computeHistogram(computeResiduals(truth, predicted), {
      low: -200,
      high: 200,
      bins: 12,
    });
    expect([...residuals.counts]).toEqual(parseNumbers(stored.residuals));
    const cells = computeHistogram2d(truth, predicted, {
      x: { low: 25, high: 350, bins: 7 },
      y: { low: 50, high: 300, bins: 5 },
    });
    expect([...cells.counts]).toEqual(parseNumbers(stored.cells));
  });
});

describe('reductions of unusual columns', () => {
  it('leave out rows without a class', () => {
    const columns = { truth: Int32Array.of(0, -1, 1, 1), predicted: Int32Array.of(0, 0, 1, 7) };
    const matrix = computeConfusion(columns, 2);
    expect([matrix.n, ...matrix.cells]).toEqual([2, 1, 0, 0, 1]);
  });

  it('are NaN without samples, and never an invented 0', () => {
    const empty = rankScores({ isPositive: new Uint8Array(), scores: new Float64Array() });
    expect([averagePrecision(empty), areaUnderRoc(empty)]).toEqual([NaN, NaN]);
    expect(reportRegression(new Float64Array(), new Float64Array()).r2).toBeNaN();
    expect(computeCalibration({ isPositive: new Uint8Array(), scores: new Float64Array() }).brier).toBeNaN();
    expect(
      reportClasses(computeConfusion({ truth: new Int32Array(), predicted: new Int32Array() }, 2)).accuracy,
    ).toBeNaN();
  });

  it('leave out scores that are not finite', () => {
    const ranked = rankScores({
      isPositive: Uint8Array.of(1, 0, 1),
      scores: Float32Array.of(0.5, NaN, 0.25),
    });
    expect([ranked.positives, ranked.negatives, ranked.thresholds.length]).toEqual([2, 0, 2]);
  });

  it('refuse columns of different lengths with both numbers', () => {
    expect(() => rankScores({ isPositive: Uint8Array.of(1), scores: new Float32Array(2) })).toThrow(
      'scores has 2 rows instead of 1',
    );
    expect(() => computeHistogram(new Float64Array(), { low: 1, high: 1, bins: 3 })).toThrow('1 to 1');
  });

  it('thin a curve to its ends and corners', () => {
    const random = Float64Array.from(
      { length: 5000 },
      (_, i) => ((i * 2654435761) % 4294967296) / 4294967296,
    );
    const curve = rocCurve(
      rankScores({ isPositive: Uint8Array.from(random, (_, i) => (i % 3 === 0 ? 1 : 0)), scores: random }),
    );
    const thin = thinCurve(curve, 100);
    expect(thin.x.length).toBeLessThanOrEqual(100);
    expect([thin.x[0], thin.y[0], thin.x.at(-1), thin.y.at(-1)]).toEqual([0, 0, 1, 1]);
    for (let i = 1; i < thin.x.length; i++)
      expect(thin.x[i]! - thin.x[i - 1]! + thin.y[i]! - thin.y[i - 1]!).toBeLessThan(2.1 / 99 + 0.02);
  });
});
