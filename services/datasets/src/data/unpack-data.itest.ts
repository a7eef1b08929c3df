import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { tarArchive } from '@noema/testing/tar';
import { zip } from '@noema/testing/zip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackData } from './unpack-data.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

async function unpack(bytes: Buffer): Promise<Record<string, string>> {
  const archive = join(directory.path, 'archive');
  await writeFile(archive, bytes);
  const folder = join(directory.path, 'data');
  await unpackData(archive, folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const contents = await Promise.all(
    files.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
  );
  return Object.fromEntries(contents);
}

const FILES = { 'table.csv': 'a,b\n1,2\n', 'bilder/größe.txt': 'x' };
const ENTRIES = Object.entries(FILES).map(([name, content]) => ({ name, content }));
const OUTER = ENTRIES.map(({ name, content }) => ({ name: `my data/${name}`, content }));

describe('an archive of data', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['without a folder around', () => zip(ENTRIES)],
    ['with a folder around', () => zip(OUTER)],
    ['with a folder around, as a tar', () => tarArchive([{ name: 'my data/', type: 'directory' }, ...OUTER])],
  ])('is unpacked %s', async (_what, make) => {
    expect(await unpack(await make())).toEqual(FILES);
  });

  it('is unpacked with what macOS adds', async () => {
    const added = { name: '__MACOSX/my data/._table.csv', content: '?' };
    expect(await unpack(zip([...OUTER, added]))).toMatchObject(FILES);
  });

  it('is refused by the reason of data', async () => {
    await expect(unpack(Buffer.from('a,b\n1,2\n'))).rejects.toMatchObject({ reason: 'DATA_INVALID' });
  });
});
