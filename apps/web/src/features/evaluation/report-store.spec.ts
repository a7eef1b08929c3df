import { writeMatrix } from '@noema/artifacts';
import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { measureMean } from './measures.js';
import { binEnds, type ReportRequest } from './report.js';
import { ReportStore } from './report-store.js';

const ROWS = 600;
const CLASSES = 3;
const random = seededRandom(1);

/** Class of every row and its prediction, wrong where `isWrong`. */
function classFile(isWrong: (row: number) => boolean, unlabeled = 0): Uint8Array {
  const truth = Int32Array.from({ length: ROWS }, (_, row) => (row < unlabeled ? -1 : row % CLASSES));
  const predicted = truth.map((own, row) => (isWrong(row) ? (own + 1) % CLASSES : own));
  const probabilities = new Float32Array(ROWS * CLASSES).fill(0.2);
  predicted.forEach((own, row) => (probabilities[row * CLASSES + own] = 0.6));
  const one = { rows: ROWS, dims: [] };
  return writeMatrix([
    {
      name: 'loss',
      data: Float32Array.from(truth, (_, row) => (isWrong(row) ? 1 + row / 1000 : 0.1)),
      ...one,
    },
    { name: 'has_loss', data: Uint8Array.from(truth, (own) => Number(own >= 0)), ...one },
    { name: 'predicted_class', data: predicted, ...one },
    { name: 'true_class', data: truth, ...one },
    { name: 'correct', data: Uint8Array.from(truth, (own, row) => Number(own === predicted[row])), ...one },
    { name: 'probabilities', data: probabilities, rows: ROWS, dims: [CLASSES] },
  ]);
}

const classes: ReportRequest = {
  key: 'now',
  against: undefined,
  task: 'classes',
  rows: { ranges: [{ first: 0, count: ROWS }] },
  classNames: ['a', 'b', 'c'],
  focus: 1,
};

it('reports one of several outputs with its own loss', () => {
  const one = { rows: 2, dims: [] };
  const file = writeMatrix([
    { name: 'loss', data: Float32Array.of(3, 5), ...one },
    { name: 'own_loss', data: Float32Array.of(1, 2), ...one },
    { name: 'has_loss', data: Uint8Array.of(1, 1), ...one },
    { name: 'predicted_class', data: Int32Array.of(0, 1), ...one },
    { name: 'true_class', data: Int32Array.of(0, 1), ...one },
    { name: 'probabilities', data: Float32Array.of(0.9, 0.1, 0.2, 0.8), rows: 2, dims: [2] },
    { name: 'outputs[1].loss', data: Float32Array.of(2, 3), ...one },
    { name: 'outputs[1].has_loss', data: Uint8Array.of(1, 1), ...one },
    { name: 'outputs[1].predictions', data: Float32Array.of(7, 9), rows: 2, dims: [1] },
    { name: 'outputs[1].targets', data: Float32Array.of(6, 9), rows: 2, dims: [1] },
  ]);
  const store = new ReportStore();
  const read = (output: number | undefined, task: ReportRequest['task']) => {
    store.load('now', file, output);
    const { measures } = store.report({
      ...classes,
      task,
      rows: { ranges: [{ first: 0, count: 2 }] },
      classNames: [],
      focus: 0,
    });
    return Object.fromEntries(measures.map(({ name, value }) => [name, value]));
  };
  expect(read(undefined, 'classes')).toMatchObject({ accuracy: 1, 'mean loss': 4 });
  expect(read(0, 'classes')).toMatchObject({ accuracy: 1, 'mean loss': 1.5 });
  expect(read(1, 'numbers')).toMatchObject({ 'mean absolute error': 0.5, 'mean loss': 2.5 });
});

describe('reports of classes', () => {
  const store = new ReportStore();
  store.load(
    'now',
    classFile((row) => row % 10 === 0),
  );
  store.load(
    'before',
    classFile((row) => row % 5 === 0),
  );

  it('count every sample once in the confusion matrix', () => {
    const { classes: report, measures, compared } = store.report(classes);
    const cells = [...report!.cells];
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
    expect(compared).toBe(ROWS);
    expect(measures[0]).toMatchObject({ name: 'accuracy', value: 0.9, n: ROWS });
    // A number has an interval or the reason of its absence.
    for (const { name, interval, note } of measures)
      expect([name, interval === undefined || note === undefined]).toEqual([name, true]);
    expect(measures.find(({ name }) => name.startsWith('F1'))!.interval).toBeDefined();
    expect(report!.rows.map(({ support }) => support)).toEqual([200, 200, 200]);
    expect(report!.calibration.expectedCalibrationError).toBeCloseTo(0.3, 6);
  });

  it('keep the evaluations that were used last', () => {
    const other = new ReportStore();
    const file = classFile(() => false);
    for (const key of ['a', 'b', 'c']) other.load(key, file);
    other.report({ ...classes, key: 'a' });
    other.load('d', file);
    expect(other.report({ ...classes, key: 'a' }).compared).toBe(ROWS);
    expect(() => other.report({ ...classes, key: 'b' })).toThrow('no longer in memory');
  });

  it('leave out samples without ground truth, and refuse what nothing has', () => {
    const other = new ReportStore();
    other.load(
      'now',
      classFile(() => false, 60),
    );
    expect(other.report(classes)).toMatchObject({ chosen: ROWS, compared: 540 });
    other.load(
      'now',
      classFile(() => false, ROWS),
    );
    const { classes: report, missing } = other.report(classes);
    expect(report).toBeUndefined();
    expect(missing).toEqual(['None of the chosen samples has a label.']);
  });

  it('have no curves where all samples are of one class', () => {
    const rows = { rows: Uint32Array.from({ length: 50 }, (_, i) => 3 * i) };
    const { classes: report, missing } = store.report({ ...classes, rows });
    expect(report!.curves).toBeUndefined();
    expect(missing[0]).toMatch(/All samples have the label a/);
  });

  it('compare two epochs sample by sample', () => {
    const { measures, classes: report } = store.report({ ...classes, against: 'before' });
    expect(measures[0]!.difference).toMatchObject({ value: 0.1, n: ROWS, note: '60 fixed, 0 broken' });
    expect(measures[0]!.difference!.interval!.low).toBeGreaterThan(0.07);
    expect(report!.rows[0]!.recallDifference).toMatchObject({ n: 200 });
    const same = store.report({ ...classes, against: 'now' }).measures[0]!.difference!;
    expect([same.value, same.interval!.low, same.interval!.high].map((x) => Math.abs(x) < 0.01)).toEqual([
      true,
      true,
      true,
    ]);
    expect(same.interval!.low).toBeLessThanOrEqual(0);
  });

  it('find the samples of a cell, the highest loss first', () => {
    const { cells } = store.report(classes).classes!;
    const rows = [...store.pick(classes, { truth: 0, predicted: 1 })];
    expect(rows).toHaveLength(cells[1]!);
    expect(rows).toEqual(rows.toSorted((a, b) => b - a));
    expect(
      store.pick(classes, {
        correct: false,
        range: { column: 'confidence', low: 0.6, high: 1, ends: 'both' },
      }),
    ).toHaveLength(60);
    expect(
      store.pick(classes, { range: { column: 'confidence', low: 0.7, high: 1, ends: 'both' } }),
    ).toHaveLength(0);
  });

  it('find as many samples in each bin as the charts count, at the ends of bins and without ground truth', () => {
    const other = new ReportStore();
    const truth = Int32Array.of(0, 1, 1, 0, 1, -1, -1, 0);
    const scores = [1, 0.5, 0.6, 0.25, 0.5, 0.9, 0.5, 0.75];
    const predicted = Int32Array.from(scores, (score) => Number(score >= 0.5));
    const one = { rows: truth.length, dims: [] };
    other.load(
      'ends',
      writeMatrix([
        { name: 'loss', data: new Float32Array(truth.length), ...one },
        { name: 'has_loss', data: Uint8Array.from(truth, (own) => Number(own >= 0)), ...one },
        { name: 'predicted_class', data: predicted, ...one },
        { name: 'true_class', data: truth, ...one },
        {
          name: 'correct',
          data: Uint8Array.from(truth, (own, row) => Number(own === predicted[row])),
          ...one,
        },
        { name: 'probabilities', data: Float32Array.from(scores), rows: truth.length, dims: [1] },
      ]),
    );
    const request = {
      ...classes,
      key: 'ends',
      classNames: ['no', 'yes'],
      rows: { ranges: [{ first: 0, count: truth.length }] },
    };
    const { calibration, confidence, curves } = other.report(request).classes!;
    expect(calibration.n).toBe(6);
    for (const { low, high, n } of calibration.bins)
      expect(
        other.pick(request, {
          range: { column: 'confidence', low, high, ends: low === 0 ? 'both' : 'high' },
        }),
      ).toHaveLength(n);
    for (const bin of confidence) {
      const range = { ...bin, column: 'confidence', ends: binEnds(bin, confidence.at(-1)) };
      expect(other.pick(request, { correct: bin.series === 'correct', range })).toHaveLength(bin.count);
    }
    for (const { threshold: low, truePositives, falsePositives } of curves!.thresholds)
      expect(
        other.pick(request, { range: { column: 'score', low, high: Number.MAX_VALUE, ends: 'both' } }),
      ).toHaveLength(truePositives + falsePositives);
  });

  it('distinguish losses that are not finite and samples without ground truth', () => {
    const other = new ReportStore();
    const one = { rows: 3, dims: [] };
    other.load(
      'broken',
      writeMatrix([
        { name: 'loss', data: Float32Array.of(NaN, Infinity, 2), ...one },
        { name: 'has_loss', data: Uint8Array.of(1, 1, 0), ...one },
        { name: 'predicted_class', data: Int32Array.of(0, 1, 0), ...one },
        { name: 'true_class', data: Int32Array.of(0, 0, -1), ...one },
        { name: 'correct', data: Uint8Array.of(1, 0, 0), ...one },
        { name: 'probabilities', data: new Float32Array(6).fill(0.5), rows: 3, dims: [2] },
      ]),
    );
    const request = { ...classes, key: 'broken', rows: { ranges: [{ first: 0, count: 3 }] } };
    const { chosen, compared, measures } = other.report(request);
    expect({ chosen, compared }).toEqual({ chosen: 3, compared: 2 });
    expect(measures.find(({ name }) => name === 'mean loss')).toMatchObject({
      value: NaN,
      n: 0,
      note: 'no interval with fewer than 2 samples; 2 losses are not finite and left out',
    });
    expect([...other.pick(request, {})]).toEqual([1, 0]);
  });

  it('take the last class for one that the model lacks', () => {
    expect(store.report({ ...classes, focus: 9 }).classes).toMatchObject({
      focus: 2,
      curves: { positives: 200 },
    });
  });

  it('take one number as the probability of the second of two classes', () => {
    const one = { rows: 4, dims: [] };
    store.load(
      'binary',
      writeMatrix([
        { name: 'loss', data: new Float32Array(4), ...one },
        { name: 'has_loss', data: new Uint8Array(4).fill(1), ...one },
        { name: 'predicted_class', data: Int32Array.of(0, 0, 1, 1), ...one },
        { name: 'true_class', data: Int32Array.of(0, 0, 1, 1), ...one },
        { name: 'correct', data: new Uint8Array(4).fill(1), ...one },
        { name: 'probabilities', data: Float32Array.of(0.125, 0.25, 0.75, 0.875), rows: 4, dims: [1] },
      ]),
    );
    const request = { ...classes, key: 'binary', rows: { ranges: [{ first: 0, count: 4 }] } };
    const { measures, classes: report } = store.report({ ...request, classNames: ['no', 'yes'] });
    expect(measures.find(({ name }) => name === 'Brier score')!.value).toBeCloseTo(
      (0.125 ** 2 + 0.25 ** 2) / 2,
      9,
    );
    expect(report!.curves!.areaUnderRoc.value).toBe(1);
    expect(report!.confidence.filter(({ count }) => count > 0).map(({ low }) => low)).toEqual([
      0.75,
      expect.closeTo(0.85, 9),
    ]);
    const range = { column: 'confidence', low: 0.7, high: 0.8, ends: 'low' } as const;
    expect([...store.pick(request, { range })]).toEqual([1, 2]);
  });
});

describe('reports of numbers', () => {
  const truth = Float32Array.from({ length: ROWS }, () => 10 * random());
  const file = (spread: number): Uint8Array => {
    const predictions = truth.map((value, row) => value + spread * Math.sin(row));
    const one = { rows: ROWS, dims: [] };
    return writeMatrix([
      { name: 'loss', data: truth.map((value, row) => (value - predictions[row]!) ** 2), ...one },
      { name: 'has_loss', data: new Uint8Array(ROWS).fill(1), ...one },
      { name: 'predictions', data: predictions, rows: ROWS, dims: [1] },
      { name: 'targets', data: truth, rows: ROWS, dims: [1] },
    ]);
  };
  const store = new ReportStore();
  store.load('now', file(1));
  store.load('before', file(2));
  const request: ReportRequest = { ...classes, task: 'numbers', focus: 0, classNames: [] };

  it('have errors with intervals, and their paired difference', () => {
    const { measures, numbers } = store.report({ ...request, against: 'before' });
    const by = new Map(measures.map((measure) => [measure.name, measure]));
    const error = by.get('root mean squared error')!;
    expect(error.value).toBeCloseTo(Math.SQRT1_2, 1);
    expect(error.interval!.low).toBeLessThan(error.value);
    expect(error.interval!.high).toBeGreaterThan(error.value);
    expect(error.difference!.value).toBeCloseTo(-error.value, 4);
    const r2 = by.get('R²')!;
    expect(r2.interval!.low).toBeLessThan(r2.value);
    expect(r2.difference!.interval!.low).toBeGreaterThan(0);
    expect(numbers!.residuals.reduce((sum, { count }) => sum + count, 0)).toBe(ROWS);
    expect(numbers!.points).toHaveLength(ROWS);
  });

  it('find all samples by the bins of their residuals', () => {
    const { residuals } = store.report(request).numbers!;
    const found = residuals.flatMap(({ low, high }) => [
      ...store.pick(request, {
        range: { column: 'residual', low, high, ends: binEnds({ high }, residuals.at(-1)) },
      }),
    ]);
    expect(new Set(found).size).toBe(ROWS);
  });

  it('have no interval of R² where a resample can have one true number alone', () => {
    const one = { rows: 3, dims: [] };
    const other = new ReportStore();
    other.load(
      'few',
      writeMatrix([
        { name: 'loss', data: new Float32Array(3), ...one },
        { name: 'has_loss', data: new Uint8Array(3).fill(1), ...one },
        { name: 'predictions', data: Float32Array.of(1, 2, 4), rows: 3, dims: [1] },
        { name: 'targets', data: Float32Array.of(1, 1, 3), rows: 3, dims: [1] },
      ]),
    );
    const few = { ...request, key: 'few', rows: { ranges: [{ first: 0, count: 3 }] } };
    const r2 = other.report(few).measures.find(({ name }) => name === 'R²')!;
    expect(r2).toMatchObject({ interval: undefined, note: 'no interval: the true numbers hardly differ' });
    expect(r2.value).toBeCloseTo(0.25, 6);
  });

  it('take the last output for one that the model lacks', () => {
    const outputs = { rows: 2, dims: [2] };
    const other = new ReportStore();
    other.load(
      'two',
      writeMatrix([
        { name: 'loss', data: new Float32Array(2), rows: 2, dims: [] },
        { name: 'has_loss', data: new Uint8Array(2).fill(1), rows: 2, dims: [] },
        { name: 'predictions', data: Float32Array.of(0, 1, 0, 2), ...outputs },
        { name: 'targets', data: Float32Array.of(0, 4, 0, 6), ...outputs },
      ]),
    );
    const two = { ...request, key: 'two', focus: 3, rows: { ranges: [{ first: 0, count: 2 }] } };
    const { measures } = other.report(two);
    expect(measures[0]).toMatchObject({ name: 'mean absolute error', value: 3.5, n: 2 });
    const range = { column: 'residual', low: 4, high: 4, ends: 'both' } as const;
    expect([...other.pick(two, { range })]).toEqual([1]);
  });

  it('refuse to compare evaluations of other samples', () => {
    store.load(
      'short',
      writeMatrix([
        { name: 'loss', data: new Float32Array(2), rows: 2, dims: [] },
        { name: 'has_loss', data: new Uint8Array(2), rows: 2, dims: [] },
      ]),
    );
    expect(() => store.report({ ...request, against: 'short' })).toThrow('the other 2');
    expect(() => store.report({ ...request, key: 'unknown' })).toThrow('load the page again');
  });
});

describe('the mean of equal numbers', () => {
  it('has no interval, which would say that all other samples have the same number', () => {
    const zeros = new Float64Array(200);
    expect(measureMean('missed', zeros, zeros)).toMatchObject({
      value: 0,
      n: 200,
      note: 'no interval: all samples have the same value',
      difference: { value: 0, n: 200, note: 'no sample changed' },
    });
    expect(measureMean('missed', zeros, zeros).interval).toBeUndefined();
    expect(measureMean('missed', zeros.with(0, 1)).interval).toBeDefined();
  });
});
