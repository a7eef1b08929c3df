import { type Port, Registry, uuidv7 } from '@noema/kernel';
import { memoryResources } from '@noema/testing';
import type { ActivationSet } from '../src/activation-set/activation-set.js';
import type { ActivationSetRepository } from '../src/activation-set/activation-set.repository.js';
import type { BuildPayload } from '../src/build/build.js';
import type { BuildQueue } from '../src/build/build.queue.js';
import type { NeighborGraphRecord } from '../src/neighbor-graph/neighbor-graph.js';
import type { NeighborGraphRepository, NewGraph } from '../src/neighbor-graph/neighbor-graph.repository.js';
import { exactKind } from '../src/vector-index/exact.index.js';
import { sameParameters } from '../src/vector-index/index-parameters.js';
import type { IndexKindAdapter, VectorIndex } from '../src/vector-index/vector-index.js';
import type { NewIndex, VectorIndexRepository } from '../src/vector-index/vector-index.repository.js';

/** A set of `sampleCount` samples of a new team and project. */
export const activationSet = (sampleCount: number, over: Partial<ActivationSet> = {}): ActivationSet => ({
  id: uuidv7(),
  teamId: uuidv7(),
  projectId: uuidv7(),
  runId: uuidv7(),
  epoch: 1,
  datasetVersionId: uuidv7(),
  perceptionSpaceId: 'all',
  sampleCount,
  dimensions: 2,
  vectors: [],
  evaluation: undefined,
  branch: 0,
  branchStart: 0,
  ...over,
});

export function memorySets() {
  const sets = new Map<string, ActivationSet>();
  const find = (id: string) => Promise.resolve(sets.get(id));
  return {
    find,
    lock: find,
    save: (set) => Promise.resolve(void sets.set(set.id, sets.get(set.id) ?? set)),
    isReplaced: ({ runId, epoch, branch }) =>
      Promise.resolve(
        [...sets.values()].some(
          (set) => set.runId === runId && set.branch > branch && set.branchStart <= epoch,
        ),
      ),
    deleteReplaced: ({ runId, branch, branchStart }) => {
      const replaced = [...sets.values()].filter(
        (set) => set.runId === runId && set.branch < branch && set.epoch >= branchStart,
      );
      for (const { id } of replaced) sets.delete(id);
      return Promise.resolve(replaced.map(({ id }) => `job of ${id}`));
    },
    setRemoved: (id, removed) => Promise.resolve(void sets.set(id, { ...sets.get(id)!, removed })),
  } satisfies Port<ActivationSetRepository>;
}

export function memoryIndexes() {
  const stored = memoryResources<VectorIndex, NewIndex, Partial<VectorIndex>>(
    ({ set, kind, params }) => ({
      projectId: set.projectId,
      activationSetId: set.id,
      kind,
      params,
      sampleCount: set.sampleCount,
      dimensions: set.dimensions,
      recall: 0,
      recalls: [],
      artifact: undefined,
      leftOut: undefined,
      compactionJobId: '',
      isCompacting: false,
    }),
    (fields) => fields,
  );
  const ofSet = (setId: string) => stored.all().filter(({ activationSetId }) => activationSetId === setId);
  return {
    ...stored,
    complete: (id, fields) => stored.finish(id, { ...fields, recalls: [] }, new Date()),
    addRecall: (id, measured) => stored.finish(id, { recalls: [measured] }, new Date()),
    compactedBy: (id, compactionJobId) =>
      stored.finish(id, { compactionJobId, isCompacting: true }, new Date()),
    ofSet: (setId) => Promise.resolve(ofSet(setId)),
    findBySet: (setId, kind, params) =>
      Promise.resolve(
        ofSet(setId).find(
          (index) => index.kind === kind && (params === undefined || sameParameters(index.params, params)),
        ),
      ),
    list: (_where, query) => stored.list({ projectId: '' }, query),
  } satisfies Port<VectorIndexRepository> & { setState: unknown; all: unknown };
}

export function memoryGraphs() {
  const stored = memoryResources<NeighborGraphRecord, NewGraph, Partial<NeighborGraphRecord>>(
    ({ set, k, method }) => ({
      projectId: set.projectId,
      activationSetId: set.id,
      sampleCount: set.sampleCount,
      k,
      method,
      recall: 0,
      medianDistance: 0,
      artifact: undefined,
    }),
    (fields) => fields,
  );
  return {
    ...stored,
    insert: async (graph) => void (await stored.insert(graph)),
    findBySet: (setId) => Promise.resolve(stored.all().find((graph) => graph.activationSetId === setId)),
    complete: (id, fields) => stored.finish(id, fields, new Date()),
    list: (_where, query) => stored.list({ projectId: '' }, query),
  } satisfies Port<NeighborGraphRepository> & { setState: unknown; all: unknown };
}

/** A queue that keeps the payloads and numbers of shards of its jobs, and names the jobs by their order. */
export function memoryBuilds() {
  const jobs: (BuildPayload & { readonly shards: number })[] = [];
  const cancelled: string[] = [];
  return {
    jobs,
    cancelled,
    cancel: (_teamId, jobIds) => Promise.resolve(void cancelled.push(...jobIds)),
    queue: (_teamId, payload, shards = 1) => Promise.resolve(`job ${jobs.push({ ...payload, shards })}`),
  } satisfies Port<BuildQueue> & { jobs: unknown; cancelled: unknown };
}

const integer = (name: string) => ({ type: 'integer', name, title: name, help: '', step: 1 }) as const;

/** The exact kind without parameters, and one that has two. */
export const memoryKinds = new Registry<IndexKindAdapter>('index kind', [
  exactKind(),
  {
    ...exactKind(),
    key: 'faiss-hnsw',
    parameters: [
      { ...integer('m'), default: 32, minimum: 2, maximum: 64 },
      { ...integer('ef_search'), default: 64, minimum: 1, maximum: 512, atSearch: true },
    ],
  },
]);
