import type { Setting } from '@noema/config';
import type { ChartValue } from './commented-values.js';

const BEGIN = '<!-- values -->';
const END = '<!-- /values -->';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const shown = (value: unknown): string => (value === '' ? '–' : `\`${cell(JSON.stringify(value))}\``);

/** Every value as a row of a Markdown table; `own` holds what the chart sets instead of the default. */
export function valuesTable(values: readonly ChartValue[], own: unknown = {}): string {
  return ['| value | default | what it is |', '|---|---|---|', ...rows(values, own, '')].join('\n');
}

function rows(values: readonly ChartValue[], own: unknown, path: string): string[] {
  return values.flatMap(({ key, doc, fallback, values: below }) => {
    const set = typeof own === 'object' && own !== null ? (own as Record<string, unknown>)[key] : undefined;
    if (below.length > 0) return rows(below, set, `${path}${key}.`);
    return [`| \`${path}${key}\` | ${shown(set ?? fallback)} | ${cell(doc)} |`];
  });
}

/** Settings under `config` as a Markdown table. */
export const configTable = (settings: readonly Setting[]): string =>
  [
    '| key | default | what it is |',
    '|---|---|---|',
    ...settings.map(({ key, fallback, doc }) => `| \`${key}\` | ${shown(fallback ?? '')} | ${cell(doc)} |`),
  ].join('\n');

/** The text of a chart's README around its table. */
export const chartReadme = (name: string, description: string, tables: string): string =>
  `# ${name}\n\n${description}.\nThe tables below are made from the comments of \`values.yaml\` and from ` +
  `the service's settings: \`make charts\`.\n\n${BEGIN}\n${tables}\n${END}\n`;
