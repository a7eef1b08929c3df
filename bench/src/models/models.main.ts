import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine } from '@noema/engine';
import { checkFile } from './model.check.js';
import { modelFiles } from './model.files.js';

/*
 * Opens model files of many tools as the platform imports them, and compares outputs with the file's own
 * runtime and gradients with finite differences: `node bench/dist/src/models/models.main.js [words]`.
 * Ends with 1 if less than 95 % open, or if an opened file misses a limit.
 */
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const OPEN_SHARE = 0.95;
const OUTPUT_LIMIT = 1e-4;
const GRADIENT_LIMIT = 1e-3;

const words = process.argv.slice(2);
const cache = resolve(process.env['NOEMA_MODELS_CACHE'] ?? join(ROOT, '.noema/model-files'));
const files = (await modelFiles(cache, console.log)).filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
const engine = Engine.start({ threads: 1 });
const exact = (value: number | undefined): string =>
  value === undefined ? '–' : value === 0 ? '0' : value.toExponential(0);
let opened = 0;
let missed = 0;
console.log('| file | made by | opens | max error | gradient | note |\n|---|---|---|---|---|---|');
for (const file of files) {
  const { opens, error, gradient, note } = await checkFile(file, engine);
  if (opens) opened++;
  if (opens && (!(error! <= OUTPUT_LIMIT) || (gradient !== undefined && !(gradient <= GRADIENT_LIMIT))))
    missed++;
  console.log(
    `| ${file.name} | ${file.maker} | ${opens ? 'yes' : 'no'} | ${exact(error)} | ${exact(gradient)} | ` +
      `${(note ?? '').slice(0, 160)} |`,
  );
}
await engine.close();
console.log(`\n${opened} of ${files.length} open, ${missed} of them beyond a limit`);
process.exitCode = opened >= OPEN_SHARE * files.length && missed === 0 ? 0 : 1;
