import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../apps/web/src', import.meta.url));

/** Font sizes of style sheets and of style attributes, in pixels. */
const SIZE = /(?:font-size: ?|fontSize: ?|fontSize=\{)(\d+(?:\.\d+)?)(?=px|[,\s})])/g;
const MIN_PX = 12;

const sizes = readdirSync(root, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && /\.(?:css|tsx?)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(SIZE)].map(([, size]) => ({
      file: relative(root, path),
      size: Number(size),
    })),
  );

it('no style of the page sets text below 12 pixels', () => {
  expect(sizes.length).toBeGreaterThan(40);
  expect(sizes.filter(({ size }) => size < MIN_PX)).toEqual([]);
});
