import { describe, expect, it } from 'vitest';
import { parsePredictions, parseTruths, reference } from '../test/reference.js';
import { COCO_AREAS, evaluateDetection, type Predictions, type Truths } from './index.js';

const TOLERANCE = 1e-6;

/** Compares numbers and nulls; a null must be a null. */
function expectNear(actual: readonly (number | null)[], expected: readonly (number | null)[]): void {
  expect(actual.map((value) => value === null)).toEqual(expected.map((value) => value === null));
  actual.forEach((value, i) => expect(Math.abs((value ?? 0) - (expected[i] ?? 0))).toBeLessThan(TOLERANCE));
}

const mean = (values: readonly number[] | null): number | null =>
  values && values.reduce((sum, value) => sum + value, 0) / values.length;

/** The object with the figures of a class for each of the four classes of the reference. */
const byClass = (
  { classes }: ReturnType<typeof evaluateDetection>,
  figure: 'averagePrecision' | 'recall',
): (number | null)[] =>
  [0, 1, 2, 3].map((index) => mean(classes.find(({ classIndex }) => classIndex === index)?.[figure] ?? null));

describe('the evaluation of detections', () => {
  it.each(reference.sets.map((set, i) => ({ i, set })))(
    "has pycocotools' precision and recall on set $i, by class, threshold, area and limit",
    ({ set }) => {
      const [truths, predictions] = [parseTruths(set.truths), parsePredictions(set.predictions)];
      const all = evaluateDetection(truths, predictions);
      expectNear(byClass(all, 'averagePrecision'), set.classes);
      expectNear(byClass(all, 'recall'), set.classRecall);
      expectNear(all.averagePrecision ?? new Array<null>(10).fill(null), set.thresholds);
      const areas = Object.values(COCO_AREAS).map((area) => evaluateDetection(truths, predictions, { area }));
      expectNear(
        areas.map((one) => one.meanAveragePrecision),
        set.areas,
      );
      expectNear(
        areas.map(({ meanRecall }) => meanRecall),
        set.areaRecall,
      );
      const limits = [1, 2, 100].map((maxPredictions) =>
        evaluateDetection(truths, predictions, { maxPredictions }),
      );
      expectNear(
        limits.map((one) => one.meanAveragePrecision),
        set.limits,
      );
      expectNear(
        limits.map(({ meanRecall }) => meanRecall),
        set.limitRecall,
      );
    },
  );

  it('has references that vary, with nulls among them', () => {
    const values = reference.sets.map(({ areas }) => areas[0]!);
    expect(reference.sets.length).toBeGreaterThanOrEqual(50);
    expect(new Set(values).size).toBeGreaterThan(50);
    expect(
      reference.sets.flatMap(({ classes }) => classes).filter((value) => value === null).length,
    ).toBeGreaterThan(5);
  });

  const predictions = parsePredictions(reference.sets[0]!.predictions);
  it('is null, neither NaN nor −1, without ground truth, and 0 without predictions', () => {
    const truths = parseTruths(reference.sets[0]!.truths);
    const none = evaluateDetection(parseTruths(''), predictions);
    expect(none).toMatchObject({ meanAveragePrecision: null, averagePrecision: null, meanRecall: null });
    expect(none.classes.map((one) => [one.truthCount, one.averagePrecision, one.recall])).toEqual(
      none.classes.map(() => [0, null, null]),
    );
    expect(evaluateDetection(truths, parsePredictions(''))).toMatchObject({
      meanAveragePrecision: 0,
      meanRecall: 0,
    });
  });

  it('reads the precision at 101 values of recall, each as pycocotools computes it', () => {
    // Of 20 objects 7 are detected, by the highest scores: the recall 0.35 is below 35 · 0.01.
    const n = 20;
    const boxes = {
      x: Float64Array.from({ length: n }, (_, i) => i * 20),
      y: new Float64Array(n),
      width: new Float64Array(n).fill(10),
      height: new Float64Array(n).fill(10),
    };
    const truths: Truths = { boxes, picture: new Int32Array(n), classIndex: new Int32Array(n) };
    const found: Predictions = {
      boxes: { ...boxes, x: boxes.x.map((x, i) => (i < 7 ? x : x + 5000)) },
      picture: truths.picture,
      classIndex: truths.classIndex,
      score: Float64Array.from({ length: n }, (_, i) => 1 - i / n),
    };
    expect(evaluateDetection(truths, found).meanAveragePrecision).toBeCloseTo(35 / 101, 12);
  });

  it('refuses columns that do not fit and options outside their range', () => {
    const truths = parseTruths(reference.sets[0]!.truths);
    expect(() => evaluateDetection({ ...truths, picture: Int32Array.of(1) }, predictions)).toThrow(
      /truths: picture has 1 values for/,
    );
    expect(() =>
      evaluateDetection({ ...truths, classIndex: truths.classIndex.map(() => -1) }, predictions),
    ).toThrow(/classIndex of box 0 is -1; it must be 0 or more/);
    expect(() => evaluateDetection(truths, predictions, { iouThresholds: [] })).toThrow(
      /iouThresholds is \[\]/,
    );
    expect(() => evaluateDetection(truths, predictions, { iouThresholds: [50] })).toThrow(
      /iouThresholds\[0\] is 50/,
    );
    expect(() => evaluateDetection(truths, predictions, { area: { min: 5, max: 1 } })).toThrow(
      /area.min is 5/,
    );
  });
});
