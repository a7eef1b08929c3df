import { type Setting, settingsTable } from '@noema/config';
import { CHARTS } from './charts.js';
import { SERVICE_SETTINGS } from './service-settings.js';

/** Key by which settings of different services share a row. */
const identity = (setting: Setting): string => JSON.stringify(setting);

/**
 * Returns docs/settings.md: each setting of the services once. A setting that every service has with the same
 * default and meaning stands in the first table, one that several have in the table of those services.
 */
export function settingsDocument(): string {
  const services = CHARTS.filter((chart) => SERVICE_SETTINGS[chart].length > 0);
  const rows = new Map<string, { setting: Setting; services: string[] }>();
  for (const service of services) {
    for (const setting of SERVICE_SETTINGS[service]) {
      const row = rows.get(identity(setting)) ?? { setting, services: [] };
      row.services.push(service);
      rows.set(identity(setting), row);
    }
  }
  const sections = new Map<string, Setting[]>();
  const widestFirst = [...rows.values()].sort((a, b) => b.services.length - a.services.length);
  for (const { setting, services: having } of widestFirst) {
    const title = having.length === services.length ? 'every service' : having.join(', ');
    sections.set(title, [...(sections.get(title) ?? []), setting]);
  }
  const tables = [...sections].map(([title, settings]) => `## ${title}\n${settingsTable(settings)}`);
  return `# Settings

A service reads its settings from environment variables once, at its start. A value that is not valid ends the
start with one error that names every fault. Each variable may also be given as a file: \`NOEMA_X_FILE\` names a
file that holds the value of \`NOEMA_X\`. Under Helm, \`config\` of a chart takes the same settings in camel case
(\`NOEMA_WORKER_BYTES\` is \`workerBytes\`); the chart sets addresses, keys and secrets itself.

This page is generated from the schemas of the services (\`make charts\`); a test compares it with them.

${tables.join('\n\n')}
`;
}
