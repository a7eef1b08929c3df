import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHARTS, HELM } from './charts.js';

const SERVICES = ['service', ...CHARTS];

/**
 * Copies the charts below `directory` with their dependencies in them, as `helm dependency update` would, so
 * that nothing is written among the sources and nothing is asked of a network. Returns the folder;
 * `<folder>/noema` and `<folder>/<service>` can be linted, rendered and installed.
 */
export async function packCharts(directory: string): Promise<string> {
  const charts = join(directory, 'charts');
  await mkdir(charts, { recursive: true });
  await cp(fileURLToPath(HELM), charts, { recursive: true });
  for (const folder of ['dashboards', 'alerts']) {
    const files = fileURLToPath(new URL(`../${folder}/`, HELM));
    for (const file of await readdir(files)) await cp(join(files, file), join(charts, 'noema', folder, file));
  }
  for (const chart of CHARTS)
    await cp(join(charts, 'service'), join(charts, chart, 'charts', 'service'), { recursive: true });
  for (const chart of SERVICES)
    await cp(join(charts, chart), join(charts, 'noema', 'charts', chart), { recursive: true });
  return charts;
}
