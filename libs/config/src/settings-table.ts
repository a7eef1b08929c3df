import { DomainError } from '@noema/kernel';
import type * as z from 'zod';
import { settingsOf } from './setting.js';

const BEGIN = '<!-- settings -->';
const END = '<!-- /settings -->';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** The settings of a schema as a Markdown table. */
export function settingsTable(schema: z.ZodObject): string {
  const rows = settingsOf(schema).map(
    (s) =>
      `| \`${s.name}\` | ` +
      `${s.required ? 'required' : s.fallback === undefined || s.fallback === '' ? '–' : `\`${cell(s.fallback)}\``} ` +
      `| ${cell(s.doc)}${s.secret ? ' (secret)' : ''} |`,
  );
  return ['| variable | default | what it is |', '|---|---|---|', ...rows].join('\n');
}

/**
 * The text with the table of the schema between its marks `<!-- settings -->` and `<!-- /settings -->`; a
 * test compares it with the README.
 */
export function withSettingsTable(readme: string, schema: z.ZodObject): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from)
    throw new DomainError(
      'invalid',
      'MARKS_MISSING',
      `the text has no place for the settings; add a line ${BEGIN} and a line ${END}`,
    );
  return `${readme.slice(0, from + BEGIN.length)}\n${settingsTable(schema)}\n${readme.slice(to)}`;
}
