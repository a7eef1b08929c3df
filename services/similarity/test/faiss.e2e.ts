import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type Index, IndexKind } from '@noema/contracts/noema/similarity/v1/index';
import { IndexService } from '@noema/contracts/noema/similarity/v1/index_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { loadConfig } from '@noema/config';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { similaritySettings } from '../src/config.js';
import { PREPARED_LIBRARY } from '../src/faiss/faiss.library.js';
import { IndexKinds } from '../src/vector-index/index-kinds.js';
import { type Planted, type Platform, type Sample, startPlatform } from './platform.js';

const native = existsSync(PREPARED_LIBRARY);
if (!native)
  console.log(`skipped, faiss through the service: ${PREPARED_LIBRARY} is not there; run \`make native\``);

const random = seededRandom(8);
const samples: Sample[] = Array.from({ length: 800 }, (_, i) => ({
  split: 'test',
  id: `s${i}`,
  label: i % 2,
  ink: i / 800,
  vector: Array.from({ length: 12 }, () => random()),
}));

let platform: Platform;
let planted: Planted;
const indexes = () => platform.client(IndexService, planted.teamId, 'editor');
const find = (request: object = {}) =>
  platform.client(SimilarityService, planted.teamId).findSimilar({
    activationSetId: planted.activationSetId,
    k: 12,
    queries: [{ split: Split.TEST, sampleId: 's0' }],
    ...request,
  });
const ready = async (id: string): Promise<Index> => {
  let index: Index | undefined;
  await waitFor(
    async () => (index = (await indexes().getIndex({ indexId: id })).index)?.state === JobState.SUCCEEDED,
    { what: 'the index', timeoutMs: 150_000 },
  );
  return index!;
};
const begin = async (over: Record<string, string>) => {
  platform = await startPlatform({ NOEMA_ENGINE_THREADS: '1', ...over });
  planted = await platform.plant(samples);
  await platform.announce(planted, samples);
  await waitFor(
    async () =>
      (await indexes().listIndexes({ projectId: planted.projectId })).indexes.some(
        (index) => index.state === JobState.SUCCEEDED,
      ),
    { what: 'the first index', timeoutMs: 150_000 },
  );
};

/** The faiss children that descend from this process. */
async function children(): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const mine = await Promise.all(
    all.map(async (pid) => {
      const [stat, line] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile(`/proc/${pid}/cmdline`, 'utf8'),
      ]).catch(() => ['', '']);
      return (
        line.includes('faiss.child.js') &&
        stat.slice(stat.lastIndexOf(')')).split(' ')[2] === String(process.pid)
      );
    }),
  );
  return all.filter((_, at) => mine[at]).map(Number);
}

describe.skipIf(!native)('faiss through the service', () => {
  beforeAll(() => begin({ NOEMA_INDEX_KIND: 'faiss-flat' }));
  afterAll(() => platform.stop());

  /** Searches the exact index of the set, which is made when there is none. */
  const exactly = async () => {
    const { index } = await indexes().createIndex({
      projectId: planted.projectId,
      activationSetId: planted.activationSetId,
      kind: IndexKind.EXACT,
    });
    await ready(index!.id);
    return find({ indexKind: IndexKind.EXACT });
  };

  it('is what every set gets and what is asked when it is the default', async () => {
    const { similar, indexKind, recall } = await find();
    expect({ indexKind, recall }).toEqual({ indexKind: IndexKind.FAISS_FLAT, recall: 1 });
    const exact = await exactly();
    expect(exact.indexKind).toBe(IndexKind.EXACT);
    expect(similar).toEqual(exact.similar);
  });

  it(
    'RELIABILITY 19: the child is killed while it is asked: the service lives and the next answer is the ' +
      'same',
    async () => {
      const before = (await find()).similar;
      const held = await children();
      expect(held).not.toEqual([]);
      for (const pid of held) process.kill(pid, 'SIGKILL');
      await waitFor(async () => {
        const answer = await find().catch((error: unknown) => error);
        if (answer instanceof Error)
          expect(answer).toMatchObject({ kind: 'unavailable', reason: 'FAISS_DIED' });
        else expect((answer as { similar: unknown }).similar).toEqual(before);
        return !(answer instanceof Error);
      });
    },
  );

  it(
    'RELIABILITY 20: stored bytes that changed are never asked; the index is built again from the vectors ' +
      'and kept',
    async () => {
      const create = {
        projectId: planted.projectId,
        activationSetId: planted.activationSetId,
        kind: IndexKind.FAISS_HNSW,
        params: { m: 16, ef_search: 200 },
      };
      const index = await ready((await indexes().createIndex(create)).index!.id);
      expect(index.recall).toBeGreaterThan(0.98);
      const artifact = parseArtifactRef(index.artifact, 'artifact');
      await platform.tamper(artifact.uri, (bytes) => bytes.fill(255, 200, 260));
      const { similar, indexKind, recall } = await find({ indexKind: IndexKind.FAISS_HNSW });
      expect(indexKind).toBe(IndexKind.FAISS_HNSW);
      expect(recall).toBeGreaterThan(0.98);
      expect(similar).toEqual((await exactly()).similar);
      const again = parseArtifactRef((await ready(index.id)).artifact, 'artifact');
      expect((await platform.store.get(again)).length).toBe(artifact.sizeBytes);
    },
  );

  it(
    'searches more widely for one request, measures what that finds, and says it with the index from then ' +
      'on',
    async () => {
      const narrow = {
        projectId: planted.projectId,
        activationSetId: planted.activationSetId,
        kind: IndexKind.FAISS_HNSW,
        params: { m: 4, ef_construction: 16, ef_search: 16 },
      };
      const index = await ready((await indexes().createIndex(narrow)).index!.id);
      const asked = { indexKind: IndexKind.FAISS_HNSW, searchParams: { ef_search: 512 } };
      const [usual, wide] = [await find({ indexKind: IndexKind.FAISS_HNSW }), await find(asked)];
      expect(usual.recall).toBe(index.recall);
      expect(index.recall).toBeLessThan(0.97);
      expect(wide.recall).toBeGreaterThan(Math.max(0.97, index.recall));
      expect(wide.similar).toEqual((await find({ indexKind: IndexKind.EXACT })).similar);
      const { index: told } = await indexes().getIndex({ indexId: index.id });
      expect(told!.recalls).toMatchObject([
        { recall: wide.recall, searchParams: { m: 4, ef_construction: 16, ef_search: 512 } },
      ]);
      expect((await find(asked)).recall).toBe(wide.recall);
      await expect(find({ ...asked, searchParams: { m: 8 } })).rejects.toMatchObject({
        reason: 'PARAMETER_UNKNOWN',
      });
      await expect(find({ ...asked, searchParams: { ef_search: 5 } })).rejects.toMatchObject({
        reason: 'PARAMETER_OUT_OF_RANGE',
      });
      await indexes().deleteIndex({ indexId: index.id });
    },
  );

  it('an HNSW index of which much was removed is built again without it, and the new bytes answer', async () => {
    const before = (await indexes().listIndexes({ projectId: planted.projectId })).indexes.find(
      (index) => index.kind === IndexKind.FAISS_HNSW,
    )!;
    const rows = samples.flatMap((_, row) => (row % 3 === 1 ? [row] : []));
    await platform
      .client(SimilarityService, planted.teamId, 'editor')
      .removeSamples({ activationSetId: planted.activationSetId, selection: { rows } });
    await waitFor(async () => (await ready(before.id)).leftOutCount === rows.length, {
      what: 'the compacted index',
      timeoutMs: 150_000,
    });
    const after = await ready(before.id);
    expect(after.artifact!.sizeBytes).toBeLessThan(0.8 * Number(before.artifact!.sizeBytes));
    expect(after.recall).toBeGreaterThan(0.98);
    await waitFor(
      async () =>
        (await indexes().listIndexes({ projectId: planted.projectId })).indexes.every(
          (index) => index.leftOutCount === rows.length,
        ),
      { what: 'all indexes', timeoutMs: 150_000 },
    );
    const { similar } = await find({ indexKind: IndexKind.FAISS_HNSW });
    expect(similar).toEqual((await find({ indexKind: IndexKind.EXACT })).similar);
    expect(similar.every(({ row }) => row % 3 !== 1)).toBe(true);
  });
});

describe('without the native part', () => {
  beforeAll(() => begin({ NOEMA_FAISS_LIBRARY: '/nowhere/faiss.node' }));
  afterAll(() => platform.stop());

  it('a faiss index is refused with what to do, and nothing is queued', async () => {
    const create = {
      projectId: planted.projectId,
      activationSetId: planted.activationSetId,
      kind: IndexKind.FAISS_HNSW,
      requestId: uuidv7(),
    };
    await expect(indexes().createIndex(create)).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'FAISS_MISSING',
      message: expect.stringContaining('make native'),
    });
    expect((await indexes().listIndexes({ projectId: planted.projectId })).indexes).toMatchObject([
      { kind: IndexKind.EXACT },
    ]);
    expect((await find()).indexKind).toBe(IndexKind.EXACT);
  });

  it('a service that was set to faiss does not start', () => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const env = {
      NOEMA_DATABASE_URL: url,
      NOEMA_STORE_URL: platform.storeUrl,
      NOEMA_AUTH_JWKS: '{"keys":[]}',
      NOEMA_INDEX_KIND: 'faiss-hnsw',
      NOEMA_FAISS_LIBRARY: '/nowhere/faiss.node',
    };
    expect(() => new IndexKinds(loadConfig(similaritySettings, env))).toThrow(
      expect.objectContaining({ kind: 'precondition', reason: 'FAISS_MISSING' }),
    );
  });
});
