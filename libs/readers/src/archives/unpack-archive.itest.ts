import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Entry, zip } from '@noema/testing/zip';
import { pack } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { openFiles, removeFolders, writeFolder } from '../../test/files.js';
import { isArchive, unpackArchive } from './unpack-archive.js';

afterAll(removeFolders);

const TABLE = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 === 0 ? 'a' : 'b'}`).join('\n');
const ENTRIES: Entry[] = [
  { name: 'set/', mode: 0o040755 },
  { name: 'set/values.csv', content: `v,label\n${TABLE}\n` },
];

async function tar(entries: readonly (Entry & { readonly link?: string })[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', link } of entries)
    if (link !== undefined) archive.entry({ name, type: 'symlink', linkname: link });
    else if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}

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

  it('as the program tar writes it, with long names', async () => {
    const long = `${'folder-of-a-long-name/'.repeat(8)}values.csv`;
    const root = writeFolder({ [`in/${long}`]: `v,label\n${TABLE}\n` });
    execFileSync('tar', ['-czf', join(root, 'out.tar.gz'), '-C', join(root, 'in'), '.']);
    const { folder } = await unpackArchive(join(root, 'out.tar.gz'));
    expect(readFileSync(join(folder, long), 'utf8')).toContain('v,label');
  });

  const bomb = (bytes: number): Entry => ({ name: 'zeros.bin', content: Buffer.alloc(bytes) });
  const cut = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length - 600);
  it.each<[string, string, () => Promise<Buffer> | Buffer, RegExp]>([
    [
      'a path that leads out',
      'a.zip',
      () => zip([{ name: '../out.txt', content: 'x' }]),
      /"\.\.\/out\.txt" is not a relative path/,
    ],
    [
      'a path that leads out',
      'a.tar',
      () => tar([{ name: 'a/../../out.txt', content: 'x' }]),
      /is not a relative path/,
    ],
    [
      'an absolute path',
      'a.zip',
      () => zip([{ name: '/etc/out.txt', content: 'x' }]),
      /is not a relative path/,
    ],
    [
      'a path of another system',
      'a.zip',
      () => zip([{ name: '..\\out.txt', content: 'x' }]),
      /is not a relative path/,
    ],
    [
      'a link',
      'a.zip',
      () => zip([{ name: 'a', content: '/etc/passwd', mode: 0o120777 }]),
      /"a" is a link or a device/,
    ],
    [
      'a link',
      'a.tar.gz',
      async () => gzipSync(await tar([{ name: 'a', link: '/etc/passwd' }])),
      /"a" is a link or a device/,
    ],
    [
      'a file twice',
      'a.zip',
      () =>
        zip([
          { name: 'a', content: 'x' },
          { name: './a', content: 'y' },
        ]),
      /"\.\/a" is in it twice/,
    ],
    [
      'a file that is a folder',
      'a.zip',
      () =>
        zip([
          { name: 'a', content: 'x' },
          { name: 'a/b', content: 'y' },
        ]),
      /"a" is a file and a folder/,
    ],
    [
      'a bomb',
      'a.zip',
      () => zip([bomb(2 ** 21)]),
      /more than 10 times larger by unpacking with "zeros\.bin"/,
    ],
    ['a bomb', 'a.tar.gz', async () => gzipSync(await tar([bomb(2 ** 21)])), /more than 10 times larger/],
    [
      'many files',
      'a.zip',
      () => zip(Array.from({ length: 12 }, (_, i) => ({ name: `f${i}` }))),
      /more than 10 files and folders/,
    ],
    [
      'a size that is not true',
      'a.zip',
      () => zip([{ name: 'a', content: 'x'.repeat(5_000), size: 10 }]),
      /too many bytes|damaged/,
    ],
    [
      'encryption',
      'a.zip',
      () => zip([{ name: 'a', content: 'x', flags: 1 }]),
      /"a" of the archive is encrypted/,
    ],
    [
      'a part that is missing',
      'a.zip',
      () => cut(zip(Array.from({ length: 9 }, (_, i) => ({ name: `f${i}.txt`, content: 'x'.repeat(200) })))),
      /cut off|damaged/,
    ],
    [
      'a part that is missing',
      'a.tar',
      async () => cut(cut(cut(await tar([{ name: 'a', content: 'x'.repeat(2_000) }])))),
      /damaged, or cut off/,
    ],
    ['another form', 'a.zip', () => Buffer.from('not an archive'), /does not begin as a zip archive/],
    ['another form', 'a.tgz', () => Buffer.from('not an archive'), /damaged, or cut off/],
  ])('with %s is refused, and nothing is left: %s', async (_what, name, make, message) => {
    const path = write(name, await make());
    await expect(
      unpackArchive(path, { limits: { entries: 10, bytes: 2 ** 22, ratio: 10, ratioFromBytes: 2 ** 20 } }),
    ).rejects.toMatchObject({ reason: 'ARCHIVE_INVALID', message: expect.stringMatching(message) as string });
    expect(readdirSync(dirname(path))).toEqual([name]);
    expect(existsSync(join(dirname(path), 'out.txt'))).toBe(false);
  });

  it('is refused above the bytes of all files', async () => {
    const path = write('a.zip', zip([bomb(2 ** 20)]));
    await expect(
      unpackArchive(path, { limits: { entries: 10, bytes: 2 ** 19, ratio: 1e9, ratioFromBytes: 1 } }),
    ).rejects.toThrow(/its files have more than 524288 bytes/);
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
