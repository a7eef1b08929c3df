import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarArchive } from '../../test/tar-archive.js';
import { type Entry, zip } from '@noema/testing/zip';
import { unpackArchive } from './archive.unpacker.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

async function unpack(bytes: Buffer, limits?: { unpackedBytes: number; entries: number }) {
  const archive = join(directory.path, 'archive');
  await writeFile(archive, bytes);
  const folder = join(directory.path, 'data');
  const { bytes: size } = await unpackArchive(archive, folder, limits);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const contents = await Promise.all(
    files.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
  );
  return { size, files: Object.fromEntries(contents) };
}

const FILES: Entry[] = [
  { name: 'table.csv', content: 'a,b\n1,2\n' },
  { name: 'bilder/größe.txt', content: 'x' },
];
const OUTER = FILES.map((file) => ({ ...file, name: `my data/${file.name}` }));
const UNPACKED = { 'table.csv': 'a,b\n1,2\n', 'bilder/größe.txt': 'x' };

describe('an archive of data', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['zip', () => zip(FILES)],
    ['tar', () => tarArchive(FILES)],
    ['tar.gz', async () => gzipSync(await tarArchive(FILES))],
    ['zip with a folder around', () => zip(OUTER)],
    [
      'zip with what macOS adds',
      () => zip([...OUTER, { name: '__MACOSX/my data/._table.csv', content: '?' }]),
    ],
    ['tar with a folder around', () => tarArchive([{ name: 'my data/', type: 'directory' }, ...OUTER])],
  ])('is unpacked: %s', async (_what, make) => {
    const { files } = await unpack(await make());
    expect(files).toMatchObject(UNPACKED);
  });

  const zeros = Buffer.alloc(2 ** 21);
  it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    ['leads out, in a zip', () => zip([...FILES, { name: '../evil' }]), /no relative path/],
    ['leads out, in a tar', () => tarArchive([...FILES, { name: 'a/../../evil' }]), /no relative path/],
    ['is absolute', () => tarArchive([...FILES, { name: '/etc/cron.d/evil' }]), /no relative path/],
    ['has a backslash', () => zip([...FILES, { name: 'a\\..\\..\\evil' }]), /no relative path/],
    ['is there twice', () => tarArchive([...FILES, FILES[0]!]), /twice/],
    [
      'is a link, in a zip',
      () => zip([...FILES, { name: 'link', content: '/etc/passwd', mode: 0o120777 }]),
      /link or a device/,
    ],
    [
      'is a link, in a tar',
      () => tarArchive([...FILES, { name: 'link', type: 'symlink' }]),
      /link or a device/,
    ],
    [
      'is larger than it says',
      () => zip([{ name: 'x', content: 'x'.repeat(1000), size: 10 }]),
      /larger than/,
    ],
    ['is smaller than it says', () => zip([{ name: 'x', content: 'x', size: 10 }]), /1 bytes of 10/],
    ['grows beyond measure', () => zip([{ name: 'bomb', content: zeros }]), /times larger/],
    ['is encrypted', () => zip([{ name: 'x', flags: 1 }]), /encrypted/],
    [
      'is cut short in a header',
      async () => (await tarArchive(FILES)).subarray(0, 400),
      /damaged or was cut/,
    ],
    [
      'is cut short, packed',
      async () => gzipSync(await tarArchive(FILES)).subarray(0, 60),
      /damaged or was cut/,
    ],
    [
      'is cut short',
      async () => (await tarArchive(FILES)).subarray(0, 515),
      /table\.csv.*(?:damaged|cannot be unpacked)/,
    ],
    ['is no archive', () => Buffer.from('a,b\n1,2\n'), /neither a zip/],
    ['is empty', () => zip([]), /no file/],
  ])('is refused where it %s', async (_what, make, message) => {
    await expect(unpack(await make())).rejects.toMatchObject({
      reason: 'DATA_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused above the number of files and bytes', async () => {
    await expect(unpack(zip(FILES), { unpackedBytes: 100, entries: 1 })).rejects.toThrow(/more than 1 files/);
    await directory.remove();
    directory = await temporaryDirectory();
    await expect(unpack(zip(FILES), { unpackedBytes: 8, entries: 10 })).rejects.toThrow(/more than 8 bytes/);
  });
});
