import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type FaultProxy,
  hasS3,
  type HttpFault,
  startFaultProxy,
  startS3,
  temporaryDirectory,
  type TestS3,
  waitFor,
} from '@noema/testing';
import { type BucketOptions, openTestBucket, type TestBucket } from '../../test/s3-bucket.js';
import { collect } from '../artifact-store.contract.js';

const MIB = 1 << 20;
const key = (part: string) => `team/project/tensors/v1/${part}`;
const THRICE = { attempts: 3, backoffMs: 20 };
const IMPATIENT = { ...THRICE, idleMs: 500 };
const FAILED = { kind: 'unavailable', reason: 'STORE_FAILED' };

/**
 * No less patience than a fault needs to be noticed: on a busy machine a good answer takes its time as well, and is
 * requested again.
 */
function patienceWith(fault: NonNullable<HttpFault>): NonNullable<BucketOptions['limits']> {
  const often = { ...THRICE, attempts: 50 };
  if ('tricklesBytesPerSecond' in fault) return { ...often, attemptMs: 2_000 };
  return 'hangs' in fault || 'stallAfterBytes' in fault ? { ...often, idleMs: 500 } : THRICE;
}

describe.skipIf(!hasS3())('S3 with faults', () => {
  let s3: TestS3;
  let proxy: FaultProxy;
  beforeAll(async () => {
    s3 = await startS3();
    proxy = await startFaultProxy(s3.endpoint);
  });
  afterEach(() => {
    proxy.heal();
  });
  afterAll(async () => {
    await proxy.close();
    await s3.stop();
  });
  const open = async (options: Omit<BucketOptions, 'server'> = {}): Promise<TestBucket> => {
    const bucket = await openTestBucket({ server: s3, through: proxy.endpoint, limits: THRICE, ...options });
    onTestFinished(() => bucket.close());
    await bucket.store.stat(key('warm-up')).catch(() => undefined);
    return bucket;
  };
  /** Hurts the first `n` requests that match. */
  const hurtFirst = (n: number, match: RegExp, fault: HttpFault): void => {
    let left = n;
    proxy.hurt(({ method, url }) => (match.test(`${method} ${url}`) && left-- > 0 ? fault : undefined));
  };

  it.each<[string, NonNullable<HttpFault>]>([
    ['answers 500', { answer: 500 }],
    ['answers 503', { answer: 503 }],
    ['resets the connection', { resets: true }],
    ['hangs', { hangs: true }],
    ['stops in the middle of an answer', { stallAfterBytes: 100_000 }],
    ['cuts an answer half-way', { cutAfterBytes: 100_000 }],
    ['is too slow', { tricklesBytesPerSecond: 40_000 }],
  ])('RELIABILITY 9: a store that %s twice is tried again, and a read gives every byte', async (_, fault) => {
    const { store } = await open({ limits: patienceWith(fault) });
    const bytes = randomBytes(300_000);
    const ref = await store.put(key('a'), bytes, 'x/y');
    for (const read of [
      () => store.get(ref),
      async () => Buffer.concat(await collect(store.openRead(ref))),
    ]) {
      hurtFirst(2, /^GET/, fault);
      expect(Buffer.compare(await read(), bytes)).toBe(0);
      expect(proxy.requests.length).toBeGreaterThanOrEqual(3);
    }
  });

  it.each<[string, HttpFault]>([
    ['answers 500', { answer: 500 }],
    ['resets the connection', { resets: true }],
    ['hangs', { hangs: true }],
    ['loses the answers', { losesAnswer: true }],
  ])(
    'RELIABILITY 9: a store that %s always is given up after three attempts, as unavailable, which may ' +
      'be tried again',
    async (_, fault) => {
      const { store } = await open({ limits: IMPATIENT });
      const ref = await waitFor(() => store.put(key('a'), randomBytes(10), 'x/y'));
      const calls: [() => Promise<unknown>, number][] = [
        [() => store.put(key('b'), randomBytes(10), 'x/y'), 3],
        [() => store.get(ref), 3],
        [() => store.stat(ref.uri), 3],
        [() => collect(store.list('')), 3],
        [() => store.delete(ref.uri), 3],
      ];
      for (const [call, attempts] of calls) {
        proxy.hurt(() => fault);
        await expect(call()).rejects.toMatchObject(FAILED);
        expect(proxy.requests).toHaveLength(attempts);
      }
    },
  );

  it('RELIABILITY 9: a write that is answered late or not at all is stored once', async () => {
    const { store, objects } = await open();
    hurtFirst(1, /^PUT/, { losesAnswer: true });
    const small = await store.put(key('small'), randomBytes(10), 'x/y');
    hurtFirst(1, /^POST .*uploadId/, { losesAnswer: true });
    const large = await store.put(key('large'), randomBytes(9 * MIB), 'x/y');
    expect((await objects()).toSorted()).toEqual([small.uri, large.uri].toSorted());
    expect((await store.get(large)).length).toBe(9 * MIB);
    expect(await store.sweepAbandoned(0)).toBe(0);
  });

  it('RELIABILITY 9: of a large object only the part is read again that broke', async () => {
    const { store } = await open();
    const bytes = randomBytes(17 * MIB);
    const ref = await store.put(key('large'), bytes, 'x/y');
    hurtFirst(1, /^GET/, { cutAfterBytes: 5 * MIB });
    expect(Buffer.compare(await store.get(ref), bytes)).toBe(0);
    expect(proxy.requests).toHaveLength(4);
  });

  it(
    'RELIABILITY 10: an upload cut in its second part is not visible and is given up at the server; the ' +
      'retry works',
    async () => {
      const { store, objects } = await open();
      const bytes = randomBytes(17 * MIB);
      proxy.hurt(({ method, url }) =>
        method === 'PUT' && url?.includes('partNumber=2') ? { resets: true } : undefined,
      );
      await expect(store.put(key('cut'), bytes, 'x/y')).rejects.toMatchObject(FAILED);
      proxy.heal();
      expect([await objects(), await store.sweepAbandoned(0)]).toEqual([[], 0]);
      expect((await store.get(await store.put(key('cut'), bytes, 'x/y'))).length).toBe(bytes.length);
    },
  );

  it(
    'RELIABILITY 10: what a writer that was killed in mid-upload left at the server is swept after the ' +
      'grace age only',
    async () => {
      const { store, bucket, objects } = await open();
      proxy.hurt(({ method, url }) =>
        method === 'PUT' && url?.includes('partNumber=2') ? { hangs: true } : undefined,
      );
      const script = `
      const { openArtifactStore } = await import(${JSON.stringify(new URL('../open-store.js', import.meta.url).href)});
      const store = openArtifactStore('s3://${bucket}?endpoint=${proxy.endpoint}', {
        accessKey: '${s3.accessKey}',
        secretKey: '${s3.secretKey}',
      });
      await store.put(${JSON.stringify(key('cut'))}, new Uint8Array(17 << 20), 'x/y');`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      await expect.poll(() => proxy.requests.some((line) => line.includes('partNumber=2'))).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      proxy.heal();
      expect(await objects()).toEqual([]);
      expect(await store.sweepAbandoned(60_000)).toBe(0);
      expect(await store.sweepAbandoned(0)).toBe(1);
      expect(await store.sweepAbandoned(0)).toBe(0);
    },
  );

  it(
    'RELIABILITY 11: bytes that change on the way are read again, and the sound object is not put into ' +
      'quarantine',
    async () => {
      const { store, objects } = await open();
      const bytes = randomBytes(300_000);
      const ref = await store.put(key('a'), bytes, 'x/y');
      for (const read of [
        () => store.get(ref),
        async () => Buffer.concat(await collect(store.openRead(ref))),
      ]) {
        hurtFirst(1, /^GET/, { flipsByte: 1_000 });
        expect(Buffer.compare(await read(), bytes)).toBe(0);
      }
      let reads = 0;
      proxy.hurt(({ method }) => (method === 'GET' && reads++ % 2 === 0 ? { flipsByte: 1_000 } : undefined));
      await expect(store.get(ref)).rejects.toMatchObject(FAILED);
      expect(await objects()).toEqual([ref.uri]);
    },
  );

  it.each<[string, HttpFault]>([
    ['507', { answer: 507 }],
    ['a quota', { answer: 400, body: '<Error><Code>QuotaExceeded</Code><Message>over</Message></Error>' }],
    [
      'XMinioStorageFull',
      { answer: 507, body: '<Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>' },
    ],
  ])(
    'RELIABILITY 18: a store without space (%s) answers exhausted STORE_FULL at once, nothing stays, ' +
      'and the retry works once there is space',
    async (_, fault) => {
      const { store, objects } = await open();
      const bytes = randomBytes(17 * MIB);
      let puts = 0;
      proxy.hurt(({ method }) => (method === 'PUT' && ++puts > 1 ? fault : undefined));
      await expect(store.put(key('big'), bytes, 'x/y')).rejects.toMatchObject({
        kind: 'exhausted',
        reason: 'STORE_FULL',
      });
      expect(puts).toBe(2);
      proxy.heal();
      expect([await objects(), await store.sweepAbandoned(0)]).toEqual([[], 0]);
      await store.put(key('big'), bytes, 'x/y');
    },
  );

  it(
    'RELIABILITY 18: a full local disk is STORE_FULL for what must wait there, and no fault for what only ' +
      'would be copied',
    async ({ skip }) => {
      if (process.getuid?.() !== 0) skip('mounting a small tmpfs needs root');
      const directory = await temporaryDirectory();
      const small = join(directory.path, 'small');
      await mkdir(small);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', small], { stdio: 'pipe' });
      } catch (error) {
        skip(`no tmpfs can be mounted here: ${String(error)}`);
      }
      onTestFinished(async () => {
        execFileSync('umount', [small]);
        await directory.remove();
      });
      const { store, objects } = await open({ directory: small, copiesBytes: 64 * MIB });
      const bytes = randomBytes(10 * MIB);
      const stream = async function* () {
        yield await Promise.resolve(bytes);
      };
      await expect(store.put(key('stream'), stream(), 'x/y')).rejects.toMatchObject({
        kind: 'exhausted',
        reason: 'STORE_FULL',
      });
      expect(await objects()).toEqual([]);
      const ref = await store.put(key('bytes'), bytes, 'x/y');
      expect((await store.get(ref)).length).toBe(bytes.length);
      await expect(collect(store.openRead(ref))).rejects.toMatchObject({
        kind: 'exhausted',
        reason: 'STORE_FULL',
      });
    },
  );
});
