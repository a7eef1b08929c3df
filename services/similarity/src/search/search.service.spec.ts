import { uuidv7 } from '@noema/kernel';
import { points } from '@noema/manifold';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { activationSet, memoryGraphs, memoryIndexes, memoryKinds, memorySets } from '../../test/memory.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { withRows } from '../activation-set/row-mask.js';
import { IndexOpener } from '../vector-index/index.opener.js';
import type { Population, SearchQuery } from './search.js';
import { SearchService } from './search.service.js';

/** Ten samples on a line, at 0, 1, …, 9; the first five are in the split `test`. */
const COUNT = 10;
const vectors = points(
  Float32Array.from({ length: 2 * COUNT }, (_, i) => (i % 2 === 0 ? i / 2 : 0)),
  2,
);
const population: Population = {
  getRow: ({ sampleId }) => Number(sampleId),
  getAddress: (row) => ({ split: row < 5 ? 'test' : 'training', sampleId: String(row) }),
  matching: (splits) =>
    Promise.resolve(
      Uint8Array.from({ length: COUNT }, (_, row) =>
        Number(splits.length === 0 || splits.includes(row < 5 ? 'test' : 'training')),
      ),
    ),
};
const OTHER_SET = uuidv7();

let set: ActivationSet;
let sets: ReturnType<typeof memorySets>;
let indexes: ReturnType<typeof memoryIndexes>;
let service: SearchService;
const graphs = memoryGraphs();

beforeEach(async () => {
  [sets, indexes] = [memorySets(), memoryIndexes()];
  set = activationSet(COUNT);
  await sets.save(set);
  const [index, graph] = [uuidv7(), uuidv7()];
  await indexes.insert({ id: index, set, kind: 'exact', params: {}, jobId: 'job' });
  await indexes.complete(index, { recall: 1, artifact: undefined, leftOut: undefined });
  await graphs.insert({ id: graph, set, k: 1, method: 'exact', jobId: 'job' });
  const artifact = { uri: 'file:///graph', sha256: '0', sizeBytes: 1, mediaType: 'x' };
  await graphs.complete(graph, { recall: 1, medianDistance: 2, artifact });
  const unused = () => Promise.reject(new Error('not in this test'));
  const matrices = {
    vectors: () => Promise.resolve(vectors),
    graph: unused,
    index: unused,
    putGraph: unused,
    putIndex: unused,
  };
  service = new SearchService(
    memoryWork,
    sets,
    indexes,
    graphs,
    matrices,
    new IndexOpener(memoryWork, indexes, matrices, memoryKinds),
    { open: () => Promise.resolve(population) },
    { open: unused },
    { open: () => Promise.resolve({ datasetVersionId: uuidv7(), vectors }) },
    { indexKind: 'exact' },
  );
});

const find = (over: Partial<SearchQuery> = {}) =>
  service.find(set.teamId, {
    activationSetId: set.id,
    queries: [{ split: 'test', sampleId: '0' }],
    k: 2,
    splits: [],
    filter: '',
    kind: undefined,
    params: {},
    querySetId: '',
    signal: new AbortController().signal,
    ...over,
  });
const findRows = async (over?: Partial<SearchQuery>) => (await find(over)).similar.map(({ row }) => row);

describe('similar samples', () => {
  it('are the nearest ones without the query, and as similar as their distance to the median one', async () => {
    expect(await find()).toMatchObject({
      candidates: 9,
      recall: 1,
      kind: 'exact',
      similar: [
        { row: 1, distance: 1, similarity: 1 / (1 + 1 / 2) },
        { row: 2, distance: 2, similarity: 1 / 2, sample: { split: 'test', sampleId: '2' } },
      ],
    });
  });

  it('of several queries are near their mean', async () => {
    const queries = ['3', '7'].map((sampleId) => ({ split: 'test' as const, sampleId }));
    expect((await findRows({ queries, k: 3 })).sort()).toEqual([4, 5, 6]);
  });

  it('are of the splits of the request, as many as there are', async () => {
    expect(await findRows({ splits: ['training'], k: 9 })).toEqual([5, 6, 7, 8, 9]);
  });

  it('are not those removed from the set', async () => {
    await sets.setRemoved(set.id, withRows(undefined, [1, 3], COUNT));
    expect(await find()).toMatchObject({ candidates: 7, similar: [{ row: 2 }, { row: 4 }] });
  });

  it('of other data may be at the place of the query', async () => {
    expect(await findRows({ querySetId: OTHER_SET })).toEqual([0, 1]);
  });
});

describe('a search is refused', () => {
  it.each([
    ['without a query', { queries: [] }, 'QUERIES_EMPTY'],
    ['for no sample', { k: 0 }, 'K_INVALID'],
    ['for more than 1000 samples', { k: 1_001 }, 'K_INVALID'],
    ['in an unknown set', { activationSetId: uuidv7() }, 'ACTIVATION_SET_NOT_FOUND'],
    ['in a set without an index of the kind', { kind: 'faiss-hnsw' }, 'INDEX_NOT_FOUND'],
    ['with a parameter that the kind does not have', { params: { ef_search: 9 } }, 'PARAMETER_UNKNOWN'],
    [
      'of other data by weighted layers',
      { querySetId: OTHER_SET, weighting: { depth: 0 } },
      'WEIGHTING_WITH_PROJECTION',
    ],
  ] as const)('%s', async (_name, over, reason) => {
    await expect(find(over)).rejects.toMatchObject({ reason });
  });

  it('while the index is built, and in a set of one sample', async () => {
    indexes.setState(indexes.all()[0]!.id, 'running');
    await expect(find()).rejects.toMatchObject({ reason: 'INDEX_NOT_READY' });
    const single = activationSet(1);
    await sets.save(single);
    await expect(find({ activationSetId: single.id })).rejects.toMatchObject({ reason: 'TOO_FEW_SAMPLES' });
  });
});
