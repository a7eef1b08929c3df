import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Literals that name a column of the data that services publish. */
const LITERAL =
  /(['"`])(?:(?:class_index|class_name|sample_id|predicted_class|true_class|has_loss)\1|metadata\.(?:\1|\$\{))/;

const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '');

/** Sources that could read published data; tables of a service's own have names of their own in `postgres`. */
const files = ['services', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name, 'src')))
  .filter((folder) => folder !== join('apps', 'web', 'src') && existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  .filter((path) => !/\.(spec|itest)\.ts$|\/(postgres|migrations)\/|\.repository\.ts$/.test(path));

it('only libs/population names a column of published data as a literal', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((path) => LITERAL.test(withoutComments(readFileSync(path, 'utf8'))))).toEqual([]);
});

it('finds a literal that names a column', () => {
  for (const text of ["'class_index'", '"true_class"', "'metadata.'", '`metadata.${name}`'])
    expect(LITERAL.test(text), text).toBe(true);
  expect(LITERAL.test(withoutComments("/** `class_name` */ const a = 'classes';"))).toBe(false);
});
