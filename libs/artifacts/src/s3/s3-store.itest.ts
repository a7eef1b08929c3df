import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DomainError } from '@noema/kernel';
import { hasS3, startS3, type TestS3 } from '@noema/testing';
import { type BucketOptions, flipped, openTestBucket, type TestBucket } from '../../test/s3-bucket.js';
import { copyS3Objects, parseS3Url } from './s3-folder.js';
import { explainS3Error } from './s3-unreadable.js';
import { artifactStoreContract, collect } from '../artifact-store.contract.js';

const MIB = 1 << 20;
const key = (part: string) => `team/project/tensors/v1/${part}`;
/** Random bytes in pieces, so that they come as a stream. */
async function* pieces(bytes: Uint8Array, step = 700_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield await Promise.resolve(bytes.subarray(at, at + step));
}

describe.skipIf(!hasS3())('S3', () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());
  const open = async (options: Omit<BucketOptions, 'server'> = {}): Promise<TestBucket> => {
    const bucket = await openTestBucket({ server: s3, ...options });
    onTestFinished(() => bucket.close());
    return bucket;
  };

  artifactStoreContract('S3', async () => {
    const { store, change, close } = await openTestBucket({ server: s3 });
    return {
      store,
      close,
      damage: (uri) => change(uri, flipped),
      truncate: (uri) => change(uri, (bytes) => bytes.subarray(0, 10)),
    };
  });

  describe('objects of a bucket', () => {
    const environment = () => ({ AWS_ENDPOINT_URL: s3.endpoint, AWS_REGION: 'us-east-1' });
    const copy = async (url: string, folder: string, limits?: { objects: number; bytes: number }) => {
      const seen: number[] = [];
      await copyS3Objects(parseS3Url(url, environment()), folder, {
        keys: s3,
        progress: (objects) => seen.push(objects),
        ...(limits && { limits }),
      });
      return seen;
    };
    const make = async (objects: Readonly<Record<string, Buffer>>) => {
      const { raw, bucket, store, directory } = await open();
      await collect(store.list(''));
      for (const [name, bytes] of Object.entries(objects)) await raw.putObject(bucket, name, bytes);
      return { raw, bucket, folder: join(directory, 'copy') };
    };

    it('are copied below their prefix, unchanged ones once', async () => {
      const large = randomBytes(17 * MIB);
      const { raw, bucket, folder } = await make({
        'set/a/1.txt': Buffer.from('one'),
        'set/b/2.bin': large,
        'set/empty.txt': Buffer.alloc(0),
        'set-old/3.txt': Buffer.from('other'),
      });
      expect(await copy(`s3://${bucket}/set`, folder)).toEqual([1, 2, 3]);
      const files = await readdir(folder, { recursive: true });
      expect(files.sort()).toEqual(['.noema-s3', 'a', 'a/1.txt', 'b', 'b/2.bin', 'empty.txt']);
      expect(Buffer.compare(await readFile(join(folder, 'b/2.bin')), large)).toBe(0);
      // the file of an object that did not change is not written again
      await truncate(join(folder, 'a/1.txt'), 1);
      const { mtime } = await stat(join(folder, 'b/2.bin'));
      await writeFile(join(folder, 'b/2.bin'), Buffer.alloc(large.length, 7));
      await utimes(join(folder, 'b/2.bin'), mtime, mtime);
      await raw.putObject(bucket, 'set/a/new.txt', Buffer.from('new'));
      await copy(`s3://${bucket}/set/`, join(folder, '..', 'other'));
      await copy(`s3://${bucket}/set`, folder);
      expect(await readFile(join(folder, 'a/1.txt'), 'utf8')).toBe('one');
      expect(await readFile(join(folder, 'a/new.txt'), 'utf8')).toBe('new');
      expect((await readFile(join(folder, 'b/2.bin')))[0]).toBe(7);
    });

    it('are one file where the key names one', async () => {
      const { bucket, folder } = await make({
        'x/data.csv': Buffer.from('a,b\n1,2\n'),
        'x/data.csv.gz': Buffer.from('z'),
      });
      await copy(`s3://${bucket}/x/data.csv`, folder);
      expect((await readdir(folder)).sort()).toEqual(['.noema-s3', 'data.csv']);
    });

    it('are refused beyond the limits, without any, with other keys, and for a folder of others', async () => {
      const { bucket, folder } = await make({
        'x/1': Buffer.from('one'),
        'x/2': Buffer.from('two'),
        'z/.noema-s3': Buffer.from('another origin'),
      });
      const fault = (work: Promise<unknown>) =>
        work.then(
          () => 'none',
          (error: { reason: string }) => error.reason,
        );
      const url = `s3://${bucket}/x`;
      expect(await fault(copy(url, folder, { objects: 1, bytes: 100 }))).toBe('S3_TOO_LARGE');
      expect(await fault(copy(url, folder, { objects: 9, bytes: 5 }))).toBe('S3_TOO_LARGE');
      expect(await fault(copy(`s3://${bucket}/y`, folder))).toBe('S3_OBJECTS_NOT_FOUND');
      expect(await fault(copy(`s3://${bucket}/z`, folder))).toBe('S3_KEY_INVALID');
      await expect(readdir(folder)).rejects.toThrow('ENOENT');
      await mkdir(folder);
      expect(await fault(copy(url, folder))).toBe('S3_FOLDER_EXISTS');
    });
  });

  it('objects of somebody name the place and what to do, with wrong keys, without any, bucket or server', async () => {
    const { bucket, store, directory } = await open();
    await collect(store.list(''));
    const explain = async (url: string, keys: { accessKey: string; secretKey: string }): Promise<string> => {
      const place = parseS3Url(url, { AWS_ENDPOINT_URL: s3.endpoint, AWS_REGION: 'us-east-1' });
      return copyS3Objects(place, join(directory, 'copy'), { keys }).then(
        () => 'copied',
        (error: unknown) => {
          const { reason, message } = explainS3Error(error, place, { keys, advice: 'set X' }) as DomainError;
          return `${reason}: ${message}`;
        },
      );
    };
    const { accessKey, secretKey } = s3;
    const at = `s3://${bucket} at ${s3.endpoint}`;
    expect(await explain(`s3://${bucket}/x`, { accessKey, secretKey: 'wrong' })).toBe(
      `S3_DENIED: ${at} finds that the secret key does not belong to the access key "${accessKey}" ` +
        '(SignatureDoesNotMatch); set X',
    );
    expect(await explain(`s3://${bucket}/x`, { accessKey: 'other', secretKey })).toBe(
      `S3_DENIED: ${at} does not know the access key "other" (InvalidAccessKeyId); set X`,
    );
    expect(await explain(`s3://${bucket}/x`, { accessKey: '', secretKey: '' })).toBe(
      `S3_DENIED: ${at} is not public (AccessDenied); set X`,
    );
    expect(await explain(`s3://${bucket}-other/x`, { accessKey, secretKey })).toContain(
      `S3_BUCKET_NOT_FOUND: s3://${bucket}-other at ${s3.endpoint} has no such bucket; check its name`,
    );
    expect(await explain(`s3://${bucket}/x?endpoint=http://127.0.0.1:1`, { accessKey, secretKey })).toContain(
      `S3_UNREACHABLE: s3://${bucket} at http://127.0.0.1:1 cannot be reached (ECONNREFUSED)`,
    );
    await expect(readdir(join(directory, 'copy'))).rejects.toThrow('ENOENT');
  });

  it('lists every object once across more than one page', async () => {
    const { store, raw, bucket } = await open();
    await collect(store.list(''));
    const ids = ['v', 'v-1', 'v.1', 'v1', 'V', ...Array.from({ length: 1_100 }, (_, i) => `n${i}`)];
    const keys = ids.map((id) => `team/project/tensors/${id}/x`);
    for (let from = 0; from < keys.length; from += 50)
      await Promise.all(keys.slice(from, from + 50).map((name) => raw.putObject(bucket, name, 'x')));
    // SeaweedFS puts `v/x` before `v-1/x`
    expect((await collect(store.list(''))).map((a) => a.uri).toSorted()).toEqual(keys.toSorted());
  });

  it.each([8 * MIB, 8 * MIB + 1, 17 * MIB])(
    'writes and reads %d bytes in parts, from memory and from a stream',
    async (size) => {
      const { store, directory } = await open();
      const bytes = randomBytes(size);
      const refs = [
        await store.put(key('bytes'), bytes, 'x/y'),
        await store.put(key('stream'), pieces(bytes), 'x/y'),
      ];
      for (const ref of refs) {
        expect(ref.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(Buffer.compare(await store.get(ref), bytes)).toBe(0);
        expect(Buffer.compare(Buffer.concat(await collect(store.openRead(ref))), bytes)).toBe(0);
        expect(
          Buffer.compare(
            Buffer.concat(await collect(store.openRead(ref, { from: 5, to: size - 3 }))),
            bytes.subarray(5, size - 3),
          ),
        ).toBe(0);
      }
      expect(await readdir(join(directory, 'partial'))).toEqual([]);
    },
  );

  it('keeps damaged bytes in quarantine for whoever looks into it', async () => {
    const { store, change, objects, raw, bucket } = await open();
    const ref = await store.put(key('a'), Buffer.from('good'), 'x/y');
    await change(ref.uri, () => Buffer.from('evil bytes'));
    await expect(store.get(ref)).rejects.toThrow(/has 10 bytes; it was put into quarantine/);
    const [kept, ...more] = await objects();
    expect([kept, more]).toEqual([
      expect.stringMatching(/^\.quarantine\/team\/project\/tensors\/v1\/a\.[0-9a-f]{16}\.\d{4}-/),
      [],
    ]);
    expect(Buffer.concat(await collect(await raw.getObject(bucket, kept!))).toString()).toBe('evil bytes');
  });

  it(
    'reads what it has read before from the local disk, checks it there, and asks again when the copy is ' +
      'damaged',
    async () => {
      const { store, another, directory, raw, bucket } = await open({ copiesBytes: 64 * MIB });
      const bytes = randomBytes(9 * MIB);
      const [one, two] = [
        await store.put(key('one'), bytes, 'x/y'),
        await store.put(key('two'), randomBytes(10), 'x/y'),
      ];
      await Promise.all([store.get(one), collect(another().openRead(two)), another().get(one)]);
      const copies = await readdir(join(directory, 'copies'));
      expect(copies.toSorted()).toEqual([one.sha256, two.sha256].toSorted());
      for (const ref of [one, two]) await raw.removeObject(bucket, ref.uri);
      expect(Buffer.compare(await another().get(one), bytes)).toBe(0);
      expect((await collect(another().openRead(two))).length).toBe(1);
      for (const { sha256 } of [one, two])
        await writeFile(
          join(directory, 'copies', sha256),
          flipped(await readFile(join(directory, 'copies', sha256))),
        );
      await expect(store.get(one)).rejects.toMatchObject({ reason: 'ARTIFACT_MISSING' });
      await expect(collect(store.openRead(two))).rejects.toMatchObject({ reason: 'ARTIFACT_MISSING' });
      expect(await readdir(join(directory, 'copies'))).toEqual([]);
    },
  );

  it('keeps no more local copies than it may, the last used ones', async () => {
    const { store, directory } = await open({ copiesBytes: 8 * MIB });
    const refs = [];
    for (let i = 0; i < 12; i++) refs.push(await store.put(key(`p${i}`), randomBytes(MIB), 'x/y'));
    for (const ref of refs) {
      await store.get(ref);
      await store.get(refs[0]!); // used all the time
    }
    const kept = await readdir(join(directory, 'copies'));
    expect(kept.length).toBeGreaterThan(4);
    expect(kept.length).toBeLessThanOrEqual(8);
    expect(kept).toContain(refs[0]!.sha256);
    expect(kept).toContain(refs.at(-1)!.sha256);
  });

  it('refuses a directory for copies that is not its own', async () => {
    const { store } = await open({ directory: '/tmp', copiesBytes: MIB });
    await expect(store.put(key('big'), pieces(randomBytes(9 * MIB)), 'x/y')).rejects.toMatchObject({
      reason: 'STORE_CACHE_UNSAFE',
    });
    await expect(store.get(await store.put(key('small'), randomBytes(9), 'x/y'))).rejects.toMatchObject({
      reason: 'STORE_CACHE_UNSAFE',
    });
  });

  it('gives out addresses that read one object for a while, and nothing else', async () => {
    const { store } = await open();
    const [ref, other] = [
      await store.put(key('a.arrow'), Buffer.from('content'), 'application/vnd.apache.arrow.file'),
      await store.put(key('b'), Buffer.from('secret'), 'x/y'),
    ];
    const { url, expiresAt } = (await store.presign(ref, 60))!;
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(50_000);
    const answer = await fetch(url);
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      200,
      'content',
      ref.mediaType,
    ]);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="a\.[0-9a-f]{16}\.arrow"$/,
    );
    expect((await fetch(url, { headers: { range: 'bytes=3-' } })).status).toBe(206);
    expect((await fetch(url.replace(ref.uri, other.uri))).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403);
  });

  it('says clearly that its keys are wrong', async () => {
    const bucket = await openTestBucket({ server: { ...s3, secretKey: 'wrong' } });
    await expect(bucket.store.put(key('a'), Buffer.from('x'), 'x/y')).rejects.toMatchObject({
      kind: 'unavailable',
      reason: expect.stringMatching(/^STORE_(DENIED|BUCKET_MISSING)$/) as string,
      message: expect.stringMatching(/key/) as string,
    });
  });
});
