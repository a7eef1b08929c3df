import { readSettings } from '../keras.settings.js';
import type { Judged, MetricKind } from './metric.js';
import { PositionCounts } from './position-counts.js';

const positionMetric = (key: string, valueOf: (counts: PositionCounts) => number): MetricKind => ({
  key,
  tasks: ['per-pixel'],
  create(settings) {
    readSettings(`metric ${key}`, {}, settings);
    return {
      name: key,
      measure(judged: Judged) {
        const counts = new PositionCounts(judged.channels);
        for (let row = 0; row < judged.rows; row++) counts.add(judged, row);
        return valueOf(counts);
      },
    };
  },
});

/** Share of all positions that are predicted correctly. */
export const pixelAccuracy = positionMetric('pixel_accuracy', (counts) => counts.accuracy);

/**
 * Intersection over union of all positions, its mean over the classes; of a mask that of its foreground
 * (Jaccard, 1912).
 */
export const meanIou = positionMetric('mean_iou', (counts) => counts.meanIou);
