import type { MarkChart, ScatterChart } from '@noema/evaluation';

/** Columns of an evaluation that conditions may name, in addition to metadata and metrics. */
const FIELDS = [
  'split',
  'loss',
  'correct',
  'predicted_class',
  'true_class',
  'confidence',
  'true_probability',
  'residual',
  'iou',
  'pixel_accuracy',
];
/** Short names, and names of other columns. */
const ALIASES: Readonly<Record<string, string>> = {
  truth: 'true_class',
  predicted: 'predicted_class',
  class_name: 'true_class',
};
/** Fields that are known without a column. */
const GIVEN = new Set(['row', 'version', 'run', 'epoch']);

/** Returns the columns that a chart needs: its fields, and what its condition names. */
export function chartColumns(chart: MarkChart | ScatterChart, metadata: readonly string[]): string[] {
  const label = metadata.includes('metadata.label') ? 'metadata.label' : 'true_class';
  const column = (field: string): string => (field === 'label' ? label : (ALIASES[field] ?? field));
  const fields = [chart.x, chart.y, chart.color, chart.facet].flatMap((axis) => axis?.field ?? []);
  const used = [...fields, ...(chart.value.field === undefined ? [] : [chart.value.field])];
  const conditions = [...FIELDS, ...metadata, ...Object.keys(ALIASES), 'label', ...metricNames(chart.where)];
  const mentioned = conditions.filter((name) => mentions(chart.where, name));
  return [...new Set([...used, ...mentioned].filter((field) => !GIVEN.has(field)).map(column))];
}

const metricNames = (where: string): readonly string[] => where.match(/\bmetrics\.\w+/g) ?? [];

/** Whether a condition has a field as a whole word. A name inside a text only loads a column too many. */
function mentions(where: string, field: string): boolean {
  for (let at = where.indexOf(field); at >= 0; at = where.indexOf(field, at + 1))
    if (!/[\w.]/.test(where[at - 1] ?? ' ') && !/\w/.test(where[at + field.length] ?? ' ')) return true;
  return false;
}
