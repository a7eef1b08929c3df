import { expect } from 'vitest';
import type { PopulationPlan } from '../src/ingestion/ingestion.js';
import type { ProcessRunner } from '../src/runner/process-runner.js';
import { readScores } from '../src/score/score.js';
import { BUNDLE_ORDER } from './runner-orders.js';

/** An integration whose metrics compare objects by `@noema/integration/detection`. */
export const DETECTION_BUNDLE = `
import { defineIntegration } from '@noema/integration';
import {
  averagePrecision, decodeDetections, findDetectionForm, iou, nms, readTruths,
} from '@noema/integration/detection';

const TRUTHS = [[[0, 0, 0.5, 0.5, 0], [0.5, 0.5, 0.5, 0.5, 1]], [[0, 0, 1, 1, 0], [0, 0, 0, 0, -1]]];
const compare = ({ prediction: { data, dims }, groundTruths: { objects } }) => ({
  truths: readTruths({ data: objects.data, width: objects.data.length }),
  detections: decodeDetections(
    { form: findDetectionForm(dims, 2), dims, classCount: 2, input: { width: 8, height: 8 } },
    data,
    { iouThreshold: 1 },
  ),
});
export const integration = defineIntegration({
  name: 'objects',
  preprocess: () => ({ training: { length: 2, data: TRUTHS } }),
  inputs: { x: ({ index }) => index },
  groundTruths: { objects: ({ index, data }) => data[index] },
  predictions: { labels: ['disc', 'square'] },
  metrics: {
    kept: (evaluated) => nms(compare(evaluated).detections).length,
    overlap: (evaluated) => {
      const { truths, detections } = compare(evaluated);
      return Math.max(0, ...iou(detections.boxes, truths.boxes));
    },
    precision: (evaluated) => {
      const { truths, detections } = compare(evaluated);
      return averagePrecision(truths, detections).meanAveragePrecision;
    },
  },
});
`;

/**
 * Boxes of two pictures, [4 boxes, center x, center y, width, height, objectness, two classes] in pixels: the first
 * disc, a shifted one, half of the square and no object; no object at all.
 */
const PREDICTIONS = Float32Array.of(
  ...[2, 2, 4, 4, 1, 0.75, 0.25, 2, 2.5, 4, 4, 1, 0.5, 0.25, 6, 6, 4, 2, 1, 0.25, 0.5, 4, 4, 8, 8, 0, 1, 1],
  ...new Float32Array(28),
);

/** The metrics of the bundle, by name, of both pictures. */
export async function scoreObjects(
  runner: ProcessRunner,
  plan: PopulationPlan,
  signal: AbortSignal,
): Promise<Record<string, number[]>> {
  const asked = {
    kind: 'metrics',
    rows: Uint32Array.of(0, 1),
    dims: [4, 7],
    predictions: PREDICTIONS,
  } as const;
  const { result, body } = await runner.score(
    BUNDLE_ORDER,
    { ...asked, key: 'version', plan: { ...plan, skippedRows: [] } },
    signal,
  );
  const { metrics, values } = readScores(result, body, asked, {
    declared: plan.scores!,
    isLabelled: () => true,
  });
  return Object.fromEntries(metrics.map((name, i) => [name, [...values[i]!]]));
}

/**
 * The shifted disc is suppressed. The first disc is found at each of ten thresholds, the square at the first one, with
 * an overlap of a half.
 */
export const OBJECT_SCORES = { kept: [2, 0], overlap: [1, 0], precision: [expect.closeTo(0.55, 6), 0] };
