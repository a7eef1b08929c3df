import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactRef } from '@noema/kernel';
import { catchReason } from '@noema/testing';
import type { ArtifactStore, StoredArtifact } from './artifact-store.js';
import { sweepArtifacts } from './sweeper.js';

/** One store under test and the ways to hurt it from outside. */
export interface ArtifactStoreFixture {
  readonly store: ArtifactStore;
  /** Changes one stored byte behind the store's back. */
  damage(uri: string): Promise<void>;
  /** Cuts the stored object short behind the store's back. */
  truncate(uri: string): Promise<void>;
  close(): Promise<void>;
}

const key = (part: string, id = 'v1') => `team/project/tensors/${id}/${part}`;
const toBytes = (...numbers: number[]) => Uint8Array.from(numbers);
/** All items of an async iterable. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
const all = async (list: AsyncIterable<StoredArtifact>): Promise<string[]> =>
  (await collect(list)).map((a) => a.uri);
async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await collect(chunks));
}

/** The law of the port `ArtifactStore`, to be run on every adapter. */
export function artifactStoreContract(name: string, make: () => Promise<ArtifactStoreFixture>): void {
  describe(`artifact store: ${name}`, () => {
    let fixture: ArtifactStoreFixture;
    let store: ArtifactStore;
    beforeEach(async () => {
      fixture = await make();
      store = fixture.store;
    });
    afterEach(() => fixture.close());

    it('gives back what was put, in a buffer of its own', async () => {
      const ref = await store.put(key('a.bin'), toBytes(1, 2, 3), 'application/octet-stream');
      expect(ref).toMatchObject({
        sizeBytes: 3,
        mediaType: 'application/octet-stream',
        sha256: createHash('sha256')
          .update(toBytes(1, 2, 3))
          .digest('hex'),
      });
      const bytes = await store.get(ref);
      expect([...bytes]).toEqual([1, 2, 3]);
      expect(bytes.buffer.byteLength).toBe(3);
    });

    it('takes streams and empty objects, and reads in chunks of at most 1 MiB', async () => {
      const big = new Uint8Array(3_500_000).map((_, i) => i * 7);
      const ref = await store.put(
        key('big'),
        (async function* () {
          yield await Promise.resolve(big.subarray(0, 2_000_001));
          yield big.subarray(2_000_001);
        })(),
        'x/y',
      );
      const chunks = await collect(store.openRead(ref));
      expect(Math.max(...chunks.map((c) => c.length))).toBeLessThanOrEqual(1 << 20);
      expect(Buffer.compare(Buffer.concat(chunks), big)).toBe(0);
      const empty = await store.put(key('empty'), new Uint8Array(0), 'x/y');
      expect((await store.get(empty)).length).toBe(0);
      expect((await joined(store.openRead(empty))).length).toBe(0);
    });

    it('keeps two different puts of one key apart, and the same bytes put twice are one object', async () => {
      const [one, two, again] = [
        await store.put(key('k.bin'), toBytes(1), 'x/y'),
        await store.put(key('k.bin'), toBytes(2), 'x/y'),
        await store.put(key('k.bin'), toBytes(1), 'x/y'),
      ];
      expect([...(await store.get(one))]).toEqual([1]);
      expect([...(await store.get(two))]).toEqual([2]);
      expect(again).toEqual(one);
      expect(await all(store.list('team/project/tensors/v1/'))).toHaveLength(2);
    });

    it('survives many writers of one key', async () => {
      const refs = await Promise.all(
        Array.from({ length: 12 }, (_, i) => store.put(key('race'), toBytes(i % 3), 'x/y')),
      );
      for (const [i, ref] of refs.entries()) expect([...(await store.get(ref))]).toEqual([i % 3]);
    });

    it.each([
      '',
      'a',
      'a/b/c/d',
      '../b/c/d/e',
      'a/../c/d/e',
      'a/b/c/d/..',
      '/a/b/c/d/e',
      'a/b//d/e',
      'a/b/c/d/e/',
      'a/b/c/d/.hidden',
      'a/b/c/d/e\0',
      'a\\b/b/c/d/e',
      'a/b/c/d/é',
      `a/b/c/d/${'x'.repeat(200)}`,
    ])('refuses the key %j', async (bad) => {
      const forged: ArtifactRef = { uri: bad, sha256: '0'.repeat(64), sizeBytes: 1, mediaType: 'x/y' };
      expect(await catchReason(store.put(bad, toBytes(1), 'x/y'))).toBe('invalid ARTIFACT_KEY_INVALID');
      expect(await catchReason(store.get(forged))).toBe('invalid ARTIFACT_KEY_INVALID');
      expect(await catchReason(joined(store.openRead(forged)))).toBe('invalid ARTIFACT_KEY_INVALID');
      expect(await catchReason(store.delete(bad))).toBe('invalid ARTIFACT_KEY_INVALID');
      expect(await catchReason(store.stat(bad))).toBe('invalid ARTIFACT_KEY_INVALID');
    });

    it('lists by prefix in order, and only what is complete', async () => {
      const [b, a, other] = [
        await store.put(key('b'), toBytes(1), 'x/y'),
        await store.put(key('a'), toBytes(1), 'x/y'),
        await store.put(key('a', 'v12'), toBytes(1), 'x/y'),
      ];
      const seen: string[] = [];
      await store.put(
        key('c'),
        (async function* () {
          yield toBytes(1);
          seen.push(...(await all(store.list(''))));
        })(),
        'x/y',
      );
      expect(seen).toEqual([a.uri, b.uri, other.uri].sort());
      expect(await all(store.list('team/project/tensors/v1/'))).toHaveLength(3);
      expect(await all(store.list('team/project/tensors/v1'))).toHaveLength(4);
      expect(await all(store.list('team/project/tensors/v12/'))).toEqual([other.uri]);
      expect(await all(store.list('team/project/tensors/v1/a'))).toEqual([a.uri]);
      expect(await all(store.list('no-such-team/'))).toEqual([]);
    });

    it('stats and deletes, twice without an error', async () => {
      const ref = await store.put(key('a'), toBytes(1, 2), 'x/y');
      expect(await store.stat(ref.uri)).toMatchObject({ uri: ref.uri, sizeBytes: 2 });
      await store.delete(ref.uri);
      await store.delete(ref.uri);
      expect(await store.stat(ref.uri)).toBeUndefined();
      expect(await catchReason(store.get(ref))).toBe('data-loss ARTIFACT_MISSING');
      expect(await catchReason(joined(store.openRead(ref)))).toBe('data-loss ARTIFACT_MISSING');
    });

    it('RELIABILITY 10: an upload cut half-way is not visible, leaves nothing, and the retry works', async () => {
      const source = async function* () {
        yield await Promise.resolve(new Uint8Array(100_000));
        throw new Error('the peer hung up');
      };
      await expect(store.put(key('cut'), source(), 'x/y')).rejects.toThrow('the peer hung up');
      expect(await all(store.list(''))).toEqual([]);
      expect(await store.sweepAbandoned(0)).toBe(0);
      const ref = await store.put(key('cut'), toBytes(5), 'x/y');
      expect([...(await store.get(ref))]).toEqual([5]);
    });

    it.each(['damage', 'truncate'] as const)(
      'RELIABILITY 11: bytes changed in the store (%s) are DATA_LOSS, quarantined, never served',
      async (how) => {
        for (const read of [
          (ref: ArtifactRef) => store.get(ref),
          (ref: ArtifactRef) => joined(store.openRead(ref)),
        ]) {
          const original = new Uint8Array(1_500_000).fill(9);
          const ref = await store.put(key('hurt'), original, 'x/y');
          await fixture[how](ref.uri);
          const error: unknown = await read(ref).then(
            () => undefined,
            (e: unknown) => e,
          );
          expect(error).toMatchObject({ kind: 'data-loss', reason: 'ARTIFACT_DAMAGED' });
          expect(String(error)).toContain(ref.uri);
          expect(await store.stat(ref.uri)).toBeUndefined();
          expect(await all(store.list(''))).toEqual([]);
          expect(await catchReason(read(ref))).toBe('data-loss ARTIFACT_MISSING');
          const again = await store.put(key('hurt'), original, 'x/y');
          expect((await read(again)).length).toBe(original.length);
        }
      },
    );

    it('sweeps what no row names once it is old enough, and only of the kinds it was given', async () => {
      const [named, orphan] = [
        await store.put(key('named'), toBytes(1), 'x/y'),
        await store.put(key('orphan'), toBytes(2), 'x/y'),
      ];
      const foreign = await store.put('team/project/weights/v1/w', toBytes(3), 'x/y');
      const options = {
        store,
        kinds: ['tensors'],
        named: (uris: readonly string[]) => Promise.resolve(new Set(uris.filter((u) => u === named.uri))),
      };
      expect((await sweepArtifacts({ ...options, graceMs: 60_000 })).objects).toBe(0);
      const tomorrow = { now: () => new Date(Date.now() + 86_400_000), monotonicMs: () => 0 };
      expect((await sweepArtifacts({ ...options, graceMs: 60_000, clock: tomorrow })).objects).toBe(1);
      expect(await all(store.list(''))).toEqual([named.uri, foreign.uri].sort());
      expect(await store.stat(orphan.uri)).toBeUndefined();
    });
  });
}
