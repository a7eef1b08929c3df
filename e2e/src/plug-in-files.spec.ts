import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HOW_TO = readFileSync(`${ROOT}docs/howto/add-algorithm.md`, 'utf8');
/** Files that a new plug-in may touch. */
const MAX_FILES = 4;

/** The files that the steps of a section of the how-to name. */
function listFiles(section: string): string[] {
  const [, text = ''] = HOW_TO.split(`## ${section}\n`);
  const steps = text.split('\n## ')[0]!.split('\n\n')[0]!;
  return [...new Set([...steps.matchAll(/`([\w./-]+\/[\w./-]+\.\w+)`/g)].map(([, file]) => file!))];
}

const isTest = /\.(spec|itest|contract|fixture)\.tsx?$/;
const sources = execFileSync('git', ['ls-files', '--', 'libs', 'services', 'apps'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (file) =>
      /\/src\/.*\.tsx?$/.test(file) &&
      !isTest.test(file) &&
      !/\/gen\/|^libs\/manifold\/src\/(?!algorithms\/)/.test(file),
  )
  .filter((file) => existsSync(ROOT + file))
  .map((file) => ({ file, text: readFileSync(ROOT + file, 'utf8') }));
/** Sources that write a key as a text of its own. */
const naming = (key: string): string[] =>
  sources
    .filter(({ text }) => text.includes(`'${key}'`))
    .map(({ file }) => file)
    .sort();

describe('the files of a new plug-in', () => {
  it.each(['An explainer', 'A projection', 'A visual kind'])(
    '%s: at most four, which the how-to names',
    (section) => {
      const files = listFiles(section);
      expect(files.length).toBeGreaterThan(1);
      expect(files.length).toBeLessThanOrEqual(MAX_FILES);
      for (const file of files) expect(existsSync(ROOT + file), file).toBe(true);
    },
  );

  // A plug-in that had a number before keys stands in the table of numbers too; a new one does not.
  it.each([
    [
      'pacmap',
      ['libs/manifold/src/algorithms/pacmap.algorithm.ts', 'services/projection/src/method-numbers.ts'],
    ],
    ['tsne', ['libs/manifold/src/algorithms/tsne.algorithm.ts', 'services/projection/src/method-numbers.ts']],
    [
      'smooth-grad',
      [
        'services/explanations/src/analysis/analysis.mapper.ts',
        'services/explanations/src/explainers/smooth-grad.explainer.ts',
      ],
    ],
    [
      'layer-cam',
      [
        'services/explanations/src/analysis/analysis.mapper.ts',
        'services/explanations/src/explainers/layer-cam.explainer.ts',
      ],
    ],
  ])('%s stands in its own file and in no client', (key, expected) => {
    expect(naming(key).filter((file) => !expected.includes(file))).toEqual([]);
    expect(naming(key)).toContain(expected.find((file) => /\.(algorithm|explainer)\.ts$/.test(file)));
  });

  it.each(['tokens', 'series', 'table'])(
    'the kind of visual "%s" is listed in two registries alone',
    (kind) => {
      const imports = sources
        .filter(({ text }) => text.includes(`/${kind}.visual.js'`))
        .map(({ file }) => file);
      expect(imports).toEqual(
        listFiles('A visual kind')
          .filter((file) => file.endsWith('visual.registry.ts'))
          .sort(),
      );
      const types = sources.filter(({ text }) => text.includes(`vnd.noema.${kind}`)).map(({ file }) => file);
      expect(types).toEqual([]);
      const folders = naming(kind).filter(
        (file) => file.endsWith(`/${kind}.visual.ts`) || file.endsWith(`/${kind}.visual.tsx`),
      );
      expect(folders.length).toBe(2);
    },
  );

  it.each([
    ['adamw', 'libs/engine/src/optimizers/adam.ts'],
    ['cosine_decay', 'libs/engine/src/schedules/decays.ts'],
    ['auc', 'libs/engine/src/metrics/binary.ts'],
  ])('%s stands in its own file alone', (key, file) => {
    expect(naming(key)).toEqual([file]);
  });
});
