import { readSettings } from '../keras.settings.js';
import { type Judged, largest, type MetricKind, trueClass } from './metric.js';

const share = ({ rows }: Judged, hit: (row: number) => boolean): number => {
  let hits = 0;
  for (let row = 0; row < rows; row++) if (hit(row)) hits++;
  return hits / rows;
};

/**
 * Share of rows whose class is right; for a single output, whose probability is on the right side of one
 * half.
 */
export const accuracy: MetricKind = {
  key: 'accuracy',
  tasks: ['multi-class', 'binary'],
  create(settings) {
    const { threshold } = readSettings('metric accuracy', { threshold: { fallback: 0.5 } }, settings);
    return {
      name: 'accuracy',
      measure(judged) {
        const { predictions, targets, width } = judged;
        if (width === 1) return share(judged, (row) => predictions[row]! > threshold === targets[row]! > 0.5);
        return share(judged, (row) => largest(predictions, row, width) === trueClass(judged, row));
      },
    };
  },
};

/**
 * Share of rows whose true class is among the k largest; of equal numbers the smaller class counts as larger.
 */
export const topK: MetricKind = {
  key: 'top_k_categorical_accuracy',
  tasks: ['multi-class'],
  create(settings) {
    const { k } = readSettings(
      'metric top_k_categorical_accuracy',
      { k: { fallback: 5, min: 1, whole: true } },
      settings,
    );
    return {
      name: `top_${k}_categorical_accuracy`,
      measure: (judged) =>
        share(judged, (row) => {
          const { predictions, width } = judged;
          const truth = trueClass(judged, row);
          const own = predictions[row * width + truth]!;
          let above = 0;
          for (let c = 0; c < width; c++) {
            const other = predictions[row * width + c]!;
            if (other > own || (other === own && c < truth)) above++;
          }
          return above < k;
        }),
    };
  },
};
