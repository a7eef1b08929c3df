import { existsSync } from 'node:fs';
import { seededRandom } from '@noema/kernel';
import { exactNeighbors, points, type Points } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { measureRecall } from '../vector-index/recall.js';
import { searchableIndexContract } from '../vector-index/searchable-index.contract.js';
import type { IndexKindAdapter } from '../vector-index/vector-index.js';
import { faissFlatKind, faissHnswKind } from './faiss.kind.js';
import { PREPARED_LIBRARY } from './faiss.library.js';

const settings = { library: PREPARED_LIBRARY, threads: 2 };
const native = existsSync(PREPARED_LIBRARY);
if (!native) console.log(`skipped, faiss index: ${PREPARED_LIBRARY} is not there; run \`make native\``);

const random = seededRandom(11);
const makeCloud = (n: number, d: number): Points =>
  points(
    Float32Array.from({ length: n * d }, () => random() - random()),
    d,
  );
const toParams = (kind: IndexKindAdapter) =>
  Object.fromEntries(kind.parameters.map((p) => [p.name, p.default]));
const openIndex = async (kind: IndexKindAdapter, cloud: Points, params = toParams(kind)) =>
  kind.open(cloud, params, await kind.build(cloud, params));
const query = (cloud: Points, row = 0): Points => ({
  data: cloud.data.subarray(row * cloud.d, (row + 1) * cloud.d),
  n: 1,
  d: cloud.d,
});

describe.skipIf(!native)('faiss', () => {
  searchableIndexContract('faiss-flat', () => faissFlatKind(settings), { recall: 1 });
  searchableIndexContract('faiss-hnsw', () => faissHnswKind(settings), { recall: 0.97 });

  it('flat gives what comparing all pairs gives, in several blocks', async () => {
    const cloud = makeCloud(2_500, 24);
    const index = await openIndex(faissFlatKind(settings), cloud);
    const [found, oracle] = [await index.search(cloud, 15, { firstRow: 0 }), exactNeighbors(cloud, 15)];
    expect(found.rows).toEqual(oracle.indices);
    expect(found.distances).toEqual(oracle.distances);
    await index.close();
  });

  it.each([0.001, 0.01, 0.1, 0.5, 0.95])(
    'flat finds the nearest of the share %d that a filter leaves',
    async (share) => {
      const cloud = makeCloud(3_000, 8);
      const allowed = Uint8Array.from({ length: 3_000 }, () => (random() < share ? 1 : 0));
      const index = await openIndex(faissFlatKind(settings), cloud);
      const { rows } = await index.search(query(cloud, 5), 20, { allowed, firstRow: 5 });
      const far = (row: number) =>
        Math.hypot(...Array.from({ length: 8 }, (_, c) => cloud.data[40 + c]! - cloud.data[row * 8 + c]!));
      const oracle = Array.from(allowed.keys())
        .filter((row) => allowed[row] === 1 && row !== 5)
        .sort((a, b) => far(a) - far(b))
        .slice(0, 20);
      expect(Array.from(rows).filter((row) => row >= 0)).toEqual(oracle);
      await index.close();
    },
  );

  it('finds the nearest that are allowed when all of them are far away', async () => {
    const cloud = points(
      Float32Array.from({ length: 4_000 }, (_, i) => i),
      1,
    );
    const allowed = Uint8Array.from({ length: 4_000 }, (_, row) => (row >= 2_000 ? 1 : 0));
    for (const kind of [faissFlatKind(settings), faissHnswKind(settings)]) {
      const index = await openIndex(kind, cloud);
      expect(Array.from((await index.search(query(cloud), 3, { allowed })).rows)).toEqual([
        2_000, 2_001, 2_002,
      ]);
      await index.close();
    }
  });

  it('hnsw finds more when it searches more widely, and says how much', async () => {
    const cloud = makeCloud(4_000, 48);
    const kind = faissHnswKind(settings);
    const fixed = { m: 8, ef_construction: 100 };
    const bytes = await kind.build(cloud, fixed);
    const recall = async (ef_search: number) => {
      const index = await kind.open(cloud, { ...fixed, ef_search }, bytes);
      const measured = await measureRecall(cloud, index, { k: 5, queries: 60 });
      await index.close();
      return measured;
    };
    const [narrow, wide] = [await recall(16), await recall(512)];
    expect(narrow).toBeLessThan(wide - 0.05);
    expect(wide).toBeGreaterThan(0.97);
  });

  it('hnsw on one thread is the same index every time', async () => {
    const cloud = makeCloud(600, 16);
    const kind = faissHnswKind({ ...settings, threads: 1 });
    expect(
      Buffer.compare((await kind.build(cloud, toParams(kind)))!, (await kind.build(cloud, toParams(kind)))!),
    ).toBe(0);
  });

  it('takes vectors whose squares no float32 holds, and a population in one point', async () => {
    const huge = points(
      Float32Array.from({ length: 300 }, (_, i) => (i % 100) * 1e36),
      3,
    );
    const one = points(new Float32Array(90).fill(0.1), 3);
    const index = await openIndex(faissFlatKind(settings), huge);
    expect(Array.from((await index.search(query(huge), 100)).rows).every((row) => row >= 0)).toBe(true);
    const narrow = await openIndex(faissFlatKind(settings), one);
    expect((await narrow.search({ data: Float32Array.of(5, 5, 5), n: 1, d: 3 }, 30)).rows).toEqual(
      Int32Array.from({ length: 30 }, (_, i) => i),
    );
    await Promise.all([index.close(), narrow.close()]);
  });

  it.each([
    ['no neighbour', query(makeCloud(1, 8)), 0],
    ['half a neighbour', query(makeCloud(1, 8)), 1.5],
    ['other dimensions', query(makeCloud(1, 7)), 3],
    ['no number', { data: new Float32Array(8).fill(NaN), n: 1, d: 8 }, 3],
    ['infinity', { data: new Float32Array(8).fill(-Infinity), n: 1, d: 8 }, 3],
  ])('refuses %s before faiss sees it', async (_name, q, k) => {
    const index = await openIndex(faissFlatKind(settings), makeCloud(20, 8));
    await expect(index.search(q, k)).rejects.toMatchObject({ kind: 'invalid', reason: 'QUERY_INVALID' });
    await index.close();
  });

  it('stops between blocks when its signal aborts', async () => {
    const cloud = makeCloud(3_000, 8);
    const index = await openIndex(faissHnswKind(settings), cloud);
    const stop = new AbortController();
    const searching = index.search(cloud, 10, { firstRow: 0, signal: stop.signal });
    stop.abort();
    await expect(searching).rejects.toThrow(/abort/i);
    await expect(
      faissHnswKind(settings).build(cloud, toParams(faissHnswKind(settings)), stop.signal),
    ).rejects.toThrow(/abort/i);
    await index.close();
  });
});

describe('without the native part', () => {
  it.each([faissFlatKind, faissHnswKind])('says what to do', async (make) => {
    const kind = make({ library: '/nowhere/faiss.node', threads: 0 });
    const missing = {
      kind: 'precondition',
      reason: 'FAISS_MISSING',
      message: expect.stringContaining('make native'),
    };
    expect(() => {
      kind.checkReady();
    }).toThrow(expect.objectContaining(missing));
    const cloud = makeCloud(4, 2);
    await expect((async () => kind.build(cloud, toParams(kind)))()).rejects.toMatchObject(missing);
    await expect((async () => kind.open(cloud, toParams(kind), undefined))()).rejects.toMatchObject(missing);
  });
});
