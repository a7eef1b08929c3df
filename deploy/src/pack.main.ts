import { packCharts } from './pack-charts.js';

/**
 * `node deploy/dist/src/pack.main.js <folder>`: the charts with their dependencies in them, ready for Helm.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('name a folder: node deploy/dist/src/pack.main.js /tmp/noema\n');
  process.exit(64);
}
process.stdout.write(`${await packCharts(folder)}\n`);
