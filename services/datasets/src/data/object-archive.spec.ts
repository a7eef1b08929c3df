import type { S3Object } from '@noema/artifacts';
import { extract } from 'tar-stream';
import { expect, it } from 'vitest';
import { ObjectArchive } from './object-archive.js';

const CONTENTS: Readonly<Record<string, Buffer>> = {
  'a.csv': Buffer.from('x,y\n1,2\n'),
  'empty.txt': Buffer.alloc(0),
  [`${'long/'.repeat(30)}ü.bin`]: Buffer.from(Array.from({ length: 3_000 }, (_, i) => i % 251)),
  'block.bin': Buffer.alloc(1_024, 7),
};
const objects = Object.entries(CONTENTS).map(
  ([path, { length }]): S3Object => ({ key: `p/${path}`, path, sizeBytes: length, modifiedAt: new Date(0) }),
);
const read = ({ path }: S3Object, from: number, to: number) =>
  Promise.resolve(CONTENTS[path]!.subarray(from, to));

it.each([100, 511, 512, 700, 1 << 20])('an archive in parts of %i bytes has the objects', async (size) => {
  const archive = new ObjectArchive(objects);
  const unpack = extract();
  const found: Record<string, Buffer> = {};
  const done = new Promise((resolve, reject) => {
    unpack.on('entry', ({ name }, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        found[name] = Buffer.concat(chunks);
        next();
      });
    });
    unpack.on('finish', resolve).on('error', reject);
  });
  for (let at = 0; at < archive.sizeBytes; at += size) unpack.write(await archive.read(at, at + size, read));
  unpack.end();
  await done;
  expect(found).toEqual(CONTENTS);
});

it('a listing changes with the name, the size and the time of an object', () => {
  const [first] = objects;
  const digest = (change: Partial<S3Object>) => new ObjectArchive([{ ...first!, ...change }]).listing;
  const all = [{}, { key: 'q' }, { sizeBytes: 9 }, { modifiedAt: new Date(1) }].map(digest);
  expect(new Set(all).size).toBe(4);
  expect(digest({})).toBe(all[0]);
});
