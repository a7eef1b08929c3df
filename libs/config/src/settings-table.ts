import type { Setting } from './setting.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

const fallback = (setting: Setting): string => {
  if (setting.required) return 'required';
  return setting.fallback === undefined || setting.fallback === '' ? '–' : `\`${cell(setting.fallback)}\``;
};

/** Returns settings as a Markdown table: variable, default, meaning. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(
    (s) => `| \`${s.name}\` | ${fallback(s)} | ${cell(s.doc)}${s.secret ? ' (secret)' : ''} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
