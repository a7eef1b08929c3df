import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarArchive as tar } from '@noema/testing/tar';
import { type Entry, zip } from '@noema/testing/zip';
import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders, writeFolder } from '../../test/files.js';
import { type ArchiveCaps, unpackFiles } from './unpack-files.js';

afterAll(removeFolders);

const FILES: Entry[] = [
  { name: 'table.csv', content: 'a,b\n1,2\n' },
  { name: 'bilder/größe.txt', content: 'x' },
];
const CAPS: ArchiveCaps = {
  entries: 10,
  unpackedBytes: 2 ** 22,
  ratio: 10,
  ratioFromBytes: 2 ** 20,
  fault: (why) => new Error(`FAULT ${why}`),
};

async function unpack(bytes: Uint8Array, caps: Partial<ArchiveCaps> = {}) {
  const root = writeFolder({ archive: bytes });
  const folder = join(root, 'in');
  const outside = [join(root, 'evil'), join(root, 'in/a/link')];
  const use = await unpackFiles(join(root, 'archive'), folder, { ...CAPS, ...caps }).finally(() => {
    expect(outside.filter(existsSync)).toEqual([]);
  });
  return { use, read: (path: string) => readFileSync(join(folder, path), 'utf8') };
}

/** A zip that says that it is the second part of one; the number stands in the last 22 bytes. */
function withDisk(bytes: Buffer): Buffer {
  const part = Buffer.from(bytes);
  part.writeUInt16LE(1, part.length - 18);
  return part;
}

describe('an archive', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['zip', () => zip(FILES)],
    ['tar', () => tar(FILES)],
    ['tar.gz', async () => gzipSync(await tar(FILES))],
    [
      'tar of "."',
      () => tar([{ name: './', type: 'directory' }, ...FILES.map((f) => ({ ...f, name: `./${f.name}` }))]),
    ],
    ['zip with folders', () => zip([{ name: 'bilder/', mode: 0o040755 }, ...FILES])],
  ])('is unpacked: %s', async (_what, make) => {
    const { use, read } = await unpack(await make());
    expect(use).toEqual({ files: 2, bytes: 9 });
    expect([read('table.csv'), read('bilder/größe.txt')]).toEqual(['a,b\n1,2\n', 'x']);
  });

  it('is unpacked as the program tar writes it, with long names', async () => {
    const long = `${'folder-of-a-long-name/'.repeat(8)}values.csv`;
    const root = writeFolder({ [`in/${long}`]: 'v,label\n' });
    execFileSync('tar', ['-czf', join(root, 'out.tar.gz'), '-C', join(root, 'in'), '.']);
    await unpackFiles(join(root, 'out.tar.gz'), join(root, 'out'), { ...CAPS, entries: 20 });
    expect(readFileSync(join(root, 'out', long), 'utf8')).toBe('v,label\n');
  });

  const zeros: Entry = { name: 'zeros.bin', content: Buffer.alloc(2 ** 21) };
  const cut = (bytes: Buffer, left: number): Buffer => bytes.subarray(0, left);
  const many = Array.from({ length: 12 }, (_, i) => ({ name: `f${i}`, content: 'x'.repeat(200) }));
  it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    [
      'leads out, in a zip',
      () => zip([...FILES, { name: '../evil', content: 'x' }]),
      /"\.\.\/evil" is no relative path/,
    ],
    ['leads out, in a tar', () => tar([...FILES, { name: 'a/../../evil' }]), /no relative path/],
    ['is absolute, in a zip', () => zip([{ name: '/etc/cron.d/evil' }]), /no relative path/],
    ['is absolute, in a tar', () => tar([{ name: '/etc/cron.d/evil' }]), /no relative path/],
    ['has a backslash', () => zip([{ name: 'a\\..\\..\\evil' }]), /no relative path/],
    ['has a drive', () => zip([{ name: 'C:evil' }]), /no relative path/],
    ['occurs twice, in a zip', () => zip([...FILES, FILES[0]!]), /"table\.csv" is in it twice/],
    ['occurs twice, in a tar', () => tar([...FILES, { ...FILES[0]!, name: './table.csv' }]), /twice/],
    ['is a folder as well', () => zip([{ name: 'a', content: 'x' }, { name: 'a/b' }]), /"a" is a file and/],
    [
      'is a link, in a zip',
      () => zip([{ name: 'link', content: '/etc/passwd', mode: 0o120777 }]),
      /link or a device/,
    ],
    ['is a link, in a tar', () => tar([{ name: 'link', type: 'symlink' }]), /"link" is a link or a device/],
    [
      'is a link, in a tar.gz',
      async () => gzipSync(await tar([{ name: 'link', type: 'symlink' }])),
      /link or a device/,
    ],
    [
      'is larger than it says',
      () => zip([{ name: 'x', content: 'x'.repeat(1000), size: 10 }]),
      /larger than/,
    ],
    ['is smaller than it says', () => zip([{ name: 'x', content: 'x', size: 10 }]), /1 bytes of 10/],
    ['has another checksum', () => zip([{ name: 'x', content: 'x', crc: 7 }]), /"x" is damaged/],
    ['grows beyond measure, in a zip', () => zip([zeros]), /more than 10 times larger.*"zeros\.bin"/],
    [
      'grows beyond measure, in a tar.gz',
      async () => gzipSync(await tar([zeros])),
      /more than 10 times larger/,
    ],
    ['is one of too many', () => zip(many), /more than 10 files and folders/],
    ['is encrypted', () => zip([{ name: 'x', flags: 1 }]), /encrypted/],
    ['is cut off in a header', async () => cut(await tar(FILES), 400), /damaged, or cut off/],
    ['is cut off, packed', async () => cut(gzipSync(await tar(FILES)), 60), /damaged, or cut off/],
    ['is cut off', async () => cut(await tar(FILES), 515), /"table\.csv".*(?:damaged|cannot be unpacked)/],
    ['is cut off in the list of a zip', () => cut(zip(many.slice(0, 9)), 700), /cut off|damaged/],
  ])('is refused where a file %s', async (_what, make, message) => {
    await expect(unpack(await make())).rejects.toThrow(message);
  });

  it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    ['has another form', () => Buffer.from('a,b\n1,2\n'), /neither a zip/],
    ['is empty', () => zip([]), /no file/],
    ['has bytes behind its list', () => Buffer.concat([zip(FILES), Buffer.alloc(3)]), /other bytes follow/],
    ['is a part of a zip', () => withDisk(zip(FILES)), /one of several parts/],
  ])('is refused where it %s', async (_what, make, message) => {
    await expect(unpack(await make())).rejects.toThrow(message);
  });

  it('is refused above the bytes of all files, with what to do', async () => {
    await expect(unpack(zip(FILES), { unpackedBytes: 8, advice: 'send less' })).rejects.toThrow(
      'FAULT its files have more than 8 bytes with "bilder/größe.txt"; send less',
    );
  });
});
