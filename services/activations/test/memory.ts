import { type ArtifactRef, type Port, uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import type {
  ActivationSet,
  ActivationSetContents,
  ActivationShard,
  EpochOfRun,
  NewActivationSet,
  Responses,
} from '../src/activation-set/activation-set.js';
import type { ActivationSetRepository } from '../src/activation-set/activation-set.repository.js';
import type { ActivationSetArtifactStore } from '../src/activation-set/activation-set-artifacts.store.js';
import type { PerceptionSpace } from '../src/perception-space/perception-space.js';
import type { PerceptionSpaceRepository } from '../src/perception-space/perception-space.repository.js';
import { PerceptionSpaceService } from '../src/perception-space/perception-space.service.js';
import { toStatistics, type UnitStatistics, unitSums } from '../src/unit/unit-statistics.js';

export const artifact = (name: string): ArtifactRef => ({
  uri: `file:///${name}`,
  sha256: name,
  sizeBytes: 1,
  mediaType: 'x',
});

/** The first epoch of a new run in a new project. */
export const epochOfRun = (over: Partial<EpochOfRun> = {}): EpochOfRun => ({
  projectId: uuidv7(),
  runId: uuidv7(),
  epoch: 1,
  datasetVersionId: uuidv7(),
  modelVersionId: 'model',
  topology: artifact('topology'),
  weights: artifact('weights'),
  followed: [],
  ...over,
});

export function memorySets() {
  const stored = memoryResources<ActivationSet, NewActivationSet, Partial<ActivationSetContents>>(
    ({ reference, ...set }) => ({
      ...set,
      referenceSetId: reference?.setId,
      basis: reference?.basis,
      sampleCount: 0,
      shardSize: 0,
      layers: [],
      dimensions: 0,
      explainedVariance: 0,
      basisMethod: 'exact',
      basisResidual: 0,
      engine: '',
    }),
    (contents) => contents,
  );
  return {
    ...stored,
    findStored: stored.find,
    findFinished: (runId, epoch) =>
      Promise.resolve(stored.all().find((set) => set.runId === runId && set.epoch === epoch)),
    update: (id, contents) => stored.finish(id, contents, new Date()),
    isReplaced: ({ runId, epoch, branch = 0 }) =>
      Promise.resolve(
        stored.all().some((set) => set.runId === runId && set.branch! > branch && set.branchStart! <= epoch),
      ),
    deleteReplaced: async ({ runId, branch = 0, branchStart = 0 }) => {
      const replaced = stored
        .all()
        .filter((set) => set.runId === runId && (set.branch ?? 0) < branch && set.epoch >= branchStart);
      for (const { id } of replaced) await stored.delete(id);
      return replaced.map(({ jobId }) => jobId);
    },
  } satisfies Port<ActivationSetRepository> & { setState: unknown; all: unknown };
}

/** Perception spaces of the projects that `projects` names. */
export function memorySpaces(projects?: readonly string[]) {
  const spaces = new Map<string, PerceptionSpace>();
  const all = () => [...spaces.values()];
  const add = (space: Omit<PerceptionSpace, 'createTime'>): PerceptionSpace => {
    const stored = { ...space, createTime: new Date(spaces.size) };
    spaces.set(space.id, stored);
    return stored;
  };
  const repository = {
    ensure: (missing) => {
      for (const space of missing) if (!spaces.has(space.id)) add(space);
      return Promise.resolve();
    },
    insert: (space) => Promise.resolve(add(space)),
    find: (id) => Promise.resolve(spaces.get(id)),
    delete: (id) => Promise.resolve(void spaces.delete(id)),
    findByName: (projectId, name) =>
      Promise.resolve(all().find((space) => space.projectId === projectId && space.name === name)),
    list: (projectId) =>
      Promise.resolve({ items: all().filter((space) => space.projectId === projectId), nextPageToken: '' }),
  } satisfies Port<PerceptionSpaceRepository>;
  const mustExist = (_teamId: string, projectId: string): Promise<void> =>
    projects === undefined || projects.includes(projectId)
      ? Promise.resolve()
      : Promise.reject(new Error('no such project'));
  return { all, service: new PerceptionSpaceService(memoryWork, repository, { mustExist }) };
}

/** Six samples of three classes in two shards; layers `a` of one unit and `b` of two. */
export const ROWS = 6;
export const CLASSES = [0, 1, 2, 0, 1, 2];
const UNITS = 3;
const mean = Float32Array.of(0, 5, 1, 1, 5, 0, 2, 5, 1, 3, 5, 0, 4, 5, 1, 5, 5, 0);

export const shards: readonly ActivationShard[] = [0, 1].map((index) => ({
  index,
  firstRow: index * 3,
  rowCount: 3,
  inputs: artifact('inputs'),
  responses: artifact(String(index)),
}));

/** Reads the responses of those samples, and what follows from them. */
export const artifacts = {
  readResponses: ({ sha256 }: ArtifactRef): Promise<Responses> => {
    const from = Number(sha256) * 3 * UNITS;
    const part = mean.subarray(from, from + 3 * UNITS);
    return Promise.resolve({ mean: part, max: part.map((value) => 2 * value) });
  },
  readStatistics: (): Promise<UnitStatistics> => {
    const means = Float64Array.of(2.5, 5, 0.5);
    const sums = unitSums(mean, means, Float32Array.of(0, 1, 2, 3, 4, 5));
    return Promise.resolve(toStatistics([sums], means, Float64Array.of(35 / 12, 0, 1 / 4)));
  },
  readEvaluation: () =>
    Promise.resolve({ losses: new Float32Array(ROWS), classes: Int32Array.from(CLASSES) }),
} satisfies Partial<ActivationSetArtifactStore>;

/** A finished set of those samples. */
export function finishedSet(): ActivationSet {
  const layer = { kind: 'Dense', positionDims: [], droppedUnits: [], firstEigenvalue: 1 };
  return {
    ...epochOfRun({ evaluation: artifact('evaluation') }),
    id: uuidv7(),
    jobId: 'job',
    state: 'succeeded',
    createTime: new Date(0),
    perceptionSpaceId: uuidv7(),
    sampleCount: ROWS,
    shardSize: 3,
    layers: [
      { ...layer, name: 'a', units: 1 },
      { ...layer, name: 'b', units: 2, droppedUnits: [0] },
    ],
    dimensions: 2,
    explainedVariance: 1,
    basisMethod: 'exact',
    basisResidual: 0,
    engine: 'cpu',
    unitStatistics: artifact('units'),
  };
}
