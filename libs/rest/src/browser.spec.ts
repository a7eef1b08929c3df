import { basename } from 'node:path';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('runs in a browser: no import of node is left in a bundle', async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('index.js', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    logLevel: 'silent',
  });
  expect(result.errors).toEqual([]);
  const kernel = Object.keys(result.metafile.inputs).filter((path) => path.includes('libs/kernel'));
  expect(kernel.map((path) => basename(path)).sort()).toEqual(['domain-error.js', 'nesting.js']);
});
