import { type DescribedSetting, readSettings } from '../keras.settings.js';
import { largest } from './largest.js';
import { describeMetric, type Judged, THRESHOLD, trueClass } from './metric.js';

const share = ({ rows }: Judged, hit: (row: number) => boolean): number => {
  let hits = 0;
  for (let row = 0; row < rows; row++) if (hit(row)) hits++;
  return hits / rows;
};

/**
 * Share of rows whose class is right; for a single output, whose probability is on the right side of one
 * half.
 */
export const accuracy = describeMetric(
  {
    key: 'accuracy',
    title: 'Accuracy',
    summary: 'Share of samples whose class is predicted correctly.',
    tasks: ['multi-class', 'binary'],
    settings: THRESHOLD,
  },
  (settings) => {
    const { threshold } = readSettings('metric accuracy', THRESHOLD, settings);
    return {
      name: 'accuracy',
      measure(judged) {
        const { predictions, targets, width } = judged;
        if (width === 1) return share(judged, (row) => predictions[row]! > threshold === targets[row]! > 0.5);
        return share(judged, (row) => largest(predictions, row, width) === trueClass(judged, row));
      },
    };
  },
);

const TOP_K = {
  k: {
    fallback: 5,
    min: 1,
    whole: true,
    title: 'k',
    help: 'Number of classes that the true one may be among.',
    step: 1,
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

/**
 * Share of rows whose true class is among the k largest; of equal numbers the smaller class counts as larger.
 */
export const topK = describeMetric(
  {
    key: 'top_k_categorical_accuracy',
    title: 'Top-k accuracy',
    summary: 'Share of samples whose true class is among the k classes with the highest scores.',
    tasks: ['multi-class'],
    settings: TOP_K,
  },
  (settings) => {
    const { k } = readSettings('metric top_k_categorical_accuracy', TOP_K, settings);
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
);
