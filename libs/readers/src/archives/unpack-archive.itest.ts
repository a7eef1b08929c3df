import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarArchive as tar } from '@noema/testing/tar';
import { type Entry, zip } from '@noema/testing/zip';
import { afterAll, describe, expect, it } from 'vitest';
import { openFiles, removeFolders, writeFolder } from '../../test/files.js';
import { isArchive, unpackArchive } from './unpack-archive.js';

afterAll(removeFolders);

const TABLE = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 === 0 ? 'a' : 'b'}`).join('\n');
const ENTRIES: Entry[] = [
  { name: 'set/', mode: 0o040755 },
  { name: 'set/values.csv', content: `v,label\n${TABLE}\n` },
];

const write = (name: string, bytes: Uint8Array): string => join(writeFolder({ [name]: bytes }), name);

describe('an archive', () => {
  it.each([
    ['data.zip', () => Promise.resolve(zip(ENTRIES))],
    ['data.tar', () => tar(ENTRIES)],
    ['data.tar.gz', async () => gzipSync(await tar(ENTRIES))],
    ['Data.TGZ', async () => gzipSync(await tar(ENTRIES.map((e) => ({ ...e, name: `./${e.name}` }))))],
  ])('is unpacked next to itself and read: %s', async (name, make) => {
    const path = write(name, await make());
    expect(isArchive(path)).toBe(true);
    const { folder, isNew } = await unpackArchive(path);
    expect([folder, isNew]).toEqual([path.replace(/\.(?:zip|tar|tar\.gz|tgz)$/i, ''), true]);
    const { proposal, samples } = await openFiles(folder);
    expect(proposal).toMatchObject({ reader: 'table', records: 20 });
    expect(samples.size).toBe(20);
    // the same archive again: nothing is unpacked
    expect(await unpackArchive(path)).toEqual({ folder, isNew: false });
    expect(readdirSync(dirname(path)).sort()).toEqual(
      [folder, path].map((one) => one.split('/').at(-1)).sort(),
    );
  });

  it('that cannot be unpacked is refused by name, and nothing is left', async () => {
    const path = write('a.zip', zip([...ENTRIES, { name: '../out.txt', content: 'x' }]));
    await expect(unpackArchive(path)).rejects.toMatchObject({
      reason: 'ARCHIVE_INVALID',
      message: expect.stringMatching(/^a\.zip cannot be unpacked: "\.\.\/out\.txt"/) as string,
    });
    expect(readdirSync(dirname(path))).toEqual(['a.zip']);
  });

  it('does not overwrite a folder of another origin', async () => {
    const path = write('data.zip', zip(ENTRIES));
    const { folder } = await unpackArchive(path);
    writeFileSync(path, zip([...ENTRIES, { name: 'more.csv', content: 'x' }]));
    await expect(unpackArchive(path)).rejects.toMatchObject({
      reason: 'ARCHIVE_FOLDER_EXISTS',
      message: expect.stringContaining(`${folder}, which has files of an older archive`) as string,
    });
  });

  it('of a form that is not read is refused by name', () => {
    for (const name of ['a.7z', 'a.tar.xz', 'a.rar'])
      expect(() => isArchive(name)).toThrow(expect.objectContaining({ reason: 'ARCHIVE_UNSUPPORTED' }));
    expect(isArchive('a.csv')).toBe(false);
  });
});
