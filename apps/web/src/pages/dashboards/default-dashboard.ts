import { formatField } from '@noema/kernel/filter-language';
import type { DashboardField } from './dashboard-fields.js';

/** Bins of a number in a proposed chart. */
const BINS = 10;
/** Charts of metadata that are proposed. */
const MAX_METADATA = 3;

/** The YAML of a dashboard for the fields that a run has. */
export function defaultDashboard(fields: readonly DashboardField[]): string {
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  const charts: string[] = [];
  const add = (...lines: (string | false)[]): void => {
    charts.push(...lines.filter((line) => line !== false).map((line) => `  - { ${line} }`));
  };
  // The label is the ground truth, which has a chart of its own.
  const metadata = fields.filter(
    ({ name }) => name.startsWith('metadata.') && !(name === 'metadata.label' && has('true_class')),
  );
  const quality = ['correct', 'residual', 'iou', 'pixel_accuracy', 'loss'].find(has);
  if (quality !== undefined) add(`title: Overall, mark: number, y: mean(${quality})`);
  if (has('loss') && quality !== 'loss') add('title: Mean loss, mark: number, y: mean(loss)');
  if (has('correct') && has('true_class'))
    add(
      'title: Accuracy of each class, mark: bar, x: truth, y: mean(correct)',
      has('predicted_class') &&
        'title: Predicted against true, mark: heatmap, x: predicted, y: truth, z: count()',
      `title: Accuracy by confidence, mark: line, x: confidence@${BINS}, y: mean(correct)`,
    );
  else if (has('true_class')) add('title: Samples of each class, mark: bar, x: truth, y: count()');
  else if (has('predicted_class')) add('title: Predicted classes, mark: bar, x: predicted, y: count()');
  if (has('target'))
    add(
      `title: Residual by target, mark: line, x: target@${BINS}, y: mean(residual)`,
      `title: Loss by prediction, mark: bar, x: prediction@${BINS}, y: mean(loss)`,
    );
  else if (has('prediction')) add(`title: Predictions, mark: bar, x: prediction@${BINS}, y: count()`);
  add(
    has('loss')
      ? 'title: Loss by split, mark: bar, x: split, y: mean(loss)'
      : 'title: Samples by split, mark: donut, x: split',
  );
  for (const { name, kind } of metadata.slice(0, MAX_METADATA)) {
    const title = JSON.stringify(`By ${name.slice('metadata.'.length).replaceAll('_', ' ')}`);
    const axis = formatField(name);
    const x = JSON.stringify(kind === 'number' ? `${axis}@${BINS}` : axis);
    const y = quality === undefined ? 'count()' : `mean(${quality})`;
    add(`title: ${title}, mark: bar, x: ${x}, y: ${y}`);
  }
  return `version: 1\ncharts:\n${charts.join('\n')}\n`;
}
