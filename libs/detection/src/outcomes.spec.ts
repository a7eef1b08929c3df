import { describe, expect, it } from 'vitest';
import { parsePredictions, parseTruths, reference } from '../test/reference.js';
import { boxesFromEdges, classifyOutcomes, type PredictionOutcome } from './index.js';

const NAMES: Readonly<Record<string, PredictionOutcome>> = {
  '': 'true-positive',
  ignored: 'ignored',
  Loc: 'badly-placed',
  Cls: 'wrong-class',
  Dupe: 'duplicate',
  Bkg: 'background',
  Both: 'wrong-class-badly-placed',
};

describe('the outcomes of detections', () => {
  it.each(reference.outcomes.map((set, i) => ({ i, ...set })))(
    "are tidecv's on set $i",
    ({ truths: text, boxes, predictions, missed }) => {
      // tidecv ignores crowds alone.
      const truths = { ...parseTruths(text), ignored: new Uint8Array(missed.length) };
      const outcomes = classifyOutcomes(truths, parsePredictions(boxes));
      expect(outcomes.predictions).toEqual(predictions.map((name) => NAMES[name]));
      expect(outcomes.truths.map((outcome) => outcome === 'missed')).toEqual(missed);
    },
  );

  it('has references with each outcome', () => {
    const names = reference.outcomes.flatMap(({ predictions }) => predictions);
    for (const name of Object.keys(NAMES))
      expect(names.filter((one) => one === name).length, name).toBeGreaterThan(5);
  });

  it('refer objects to each other', () => {
    const truths = {
      boxes: boxesFromEdges([
        0, 0, 10, 10, 100, 0, 110, 10, 200, 0, 210, 10, 300, 0, 310, 10, 400, 0, 410, 10,
      ]),
      picture: Int32Array.of(0, 0, 0, 0, 1),
      classIndex: Int32Array.of(0, 0, 0, 0, 0),
      ignored: Uint8Array.of(0, 0, 0, 1, 0),
    };
    const edges = [
      [0, 0, 10, 9],
      [0, 0, 10, 8],
      [100, 0, 110, 4],
      [200, 0, 210, 8],
      [300, 0, 310, 10],
      [200, 0, 210, 4],
      [500, 0, 510, 10],
    ];
    const predictions = {
      boxes: boxesFromEdges(edges.flat()),
      picture: new Int32Array(7),
      classIndex: Int32Array.of(0, 0, 0, 1, 0, 1, 0),
      score: Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3),
    };
    const outcomes = classifyOutcomes(truths, predictions);
    expect(outcomes.predictions).toEqual([
      'true-positive',
      'duplicate',
      'badly-placed',
      'wrong-class',
      'ignored',
      'wrong-class-badly-placed',
      'background',
    ]);
    expect([...outcomes.predictionTruth]).toEqual([0, 0, 1, 2, 3, 2, -1]);
    expect([...outcomes.predictionOverlap].map((overlap) => Number(overlap.toFixed(9)))).toEqual([
      0.9, 0.8, 0.4, 0.8, 1, 0.4, 0,
    ]);
    expect(outcomes.truths).toEqual(['true-positive', 'badly-placed', 'wrong-class', 'ignored', 'missed']);
    expect([...outcomes.truthPrediction]).toEqual([0, 2, 3, -1, -1]);
  });

  it('use the given thresholds and refuse a pair that excludes each other', () => {
    const truths = {
      boxes: boxesFromEdges([0, 0, 10, 10]),
      picture: Int32Array.of(0),
      classIndex: Int32Array.of(0),
    };
    const predictions = { ...truths, boxes: boxesFromEdges([0, 0, 10, 6]), score: Float64Array.of(1) };
    const outcome = (foregroundThreshold: number, backgroundThreshold: number): string =>
      classifyOutcomes(truths, predictions, { foregroundThreshold, backgroundThreshold }).predictions[0]!;
    expect([outcome(0.6, 0.1), outcome(0.61, 0.1), outcome(0.8, 0.7)]).toEqual([
      'true-positive',
      'badly-placed',
      'background',
    ]);
    expect(() => outcome(0.5, 0.6)).toThrow(/backgroundThreshold is 0.6; it must be above 0 and at most 0.5/);
    expect(() => outcome(5, 0.1)).toThrow(/foregroundThreshold is 5/);
  });
});
