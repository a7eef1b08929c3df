import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packFolder } from './bundle.packer.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(directory.path, path)), { recursive: true });
  await writeFile(join(directory.path, path), text);
};

it('packs a folder so that tar reads it, twice the same, without private files', async () => {
  const long = `in/${'deep/'.repeat(18)}${'n'.repeat(90)}/${'m'.repeat(120)}.js`;
  const files: Record<string, string> = {
    'in/package.json': '{}',
    'in/src/ö.js': 'x'.repeat(1000),
    [long]: 'long',
    'in/node_modules/a/index.js': '',
  };
  for (const [path, text] of Object.entries({
    ...files,
    'in/.git/config': 'x',
    'in/.env': 'SECRET=1',
    'in/node_modules/.bin/a': 'x',
  }))
    await put(path, text);
  const packed = await packFolder(join(directory.path, 'in'));
  expect(Buffer.from(await packFolder(join(directory.path, 'in'))).equals(packed)).toBe(true);
  await mkdir(join(directory.path, 'out'));
  execFileSync('tar', ['-xz', '-C', join(directory.path, 'out')], { input: packed });
  for (const [path, text] of Object.entries(files))
    expect(await readFile(join(directory.path, path.replace('in/', 'out/')), 'utf8')).toBe(text);
  expect(execFileSync('tar', ['-tz'], { input: packed, encoding: 'utf8' }).trim().split('\n')).toHaveLength(
    Object.keys(files).length,
  );
});

it('takes one module unchanged, and says what cannot be packed', async () => {
  await put('one.mjs', 'export {};');
  expect(Buffer.from(await packFolder(join(directory.path, 'one.mjs'))).toString()).toBe('export {};');
  await expect(packFolder(join(directory.path, 'nothing'))).rejects.toMatchObject({
    reason: 'BUNDLE_INVALID',
  });
  await put('links/index.mjs', '');
  await symlink('/etc/passwd', join(directory.path, 'links', 'passwd'));
  await expect(packFolder(join(directory.path, 'links'))).rejects.toMatchObject({
    reason: 'BUNDLE_INVALID',
    message: expect.stringContaining('"passwd" is a link') as string,
  });
  await writeFile(join(directory.path, 'large.mjs'), Buffer.alloc(2 ** 23 + 1));
  await expect(packFolder(join(directory.path, 'large.mjs'))).rejects.toMatchObject({
    reason: 'BUNDLE_INVALID',
  });
});
