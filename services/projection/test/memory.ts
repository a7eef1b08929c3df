import { type ArtifactRef, findOrThrow, type JobState, type Port, uuidv7 } from '@noema/kernel';
import { points } from '@noema/manifold';
import { memoryTable } from '@noema/testing';
import { explorationNotFound } from '../src/exploration/exploration.errors.js';
import { type Exploration, USUAL_MEASURES } from '../src/exploration/exploration.js';
import type {
  ExplorationRepository,
  NewExploration,
  NewProjection,
} from '../src/exploration/exploration.repository.js';
import type { LineageQueue } from '../src/lineage/lineage.queue.js';
import type { MapPoints } from '../src/map/map.js';
import type { MapQueue } from '../src/map/map.queue.js';
import type { MatrixStore } from '../src/map/matrix.store.js';
import type { NeighborGraphRecord } from '../src/neighbor-graph/neighbor-graph.js';
import type { NeighborGraphRepository } from '../src/neighbor-graph/neighbor-graph.repository.js';

export const artifact = (name: string): ArtifactRef => ({
  uri: `file:///${name}`,
  sha256: name,
  sizeBytes: 1,
  mediaType: 'x',
});

/** The graph of 100 samples after the first epoch of a new run. */
export const neighborGraph = (over: Partial<NeighborGraphRecord> = {}): NeighborGraphRecord => ({
  id: uuidv7(),
  teamId: uuidv7(),
  projectId: uuidv7(),
  activationSetId: uuidv7(),
  runId: uuidv7(),
  epoch: 1,
  datasetVersionId: uuidv7(),
  perceptionSpaceId: 'all',
  sampleCount: 100,
  k: 24,
  artifact: artifact('graph'),
  vectors: [artifact('vectors')],
  evaluation: undefined,
  branch: 0,
  branchStart: 0,
  ...over,
});

export function memoryGraphs(...stored: readonly NeighborGraphRecord[]) {
  const table = memoryTable<NeighborGraphRecord>();
  for (const graph of stored) table.add(graph);
  return {
    ...table,
    save: async (graph) => {
      if ((await table.find(graph.id)) === undefined) table.add(graph);
    },
    findBySet: (setId) => Promise.resolve(table.all().find((graph) => graph.activationSetId === setId)),
    isReplaced: ({ runId, epoch, branch }) =>
      Promise.resolve(
        table
          .all()
          .some((graph) => graph.runId === runId && graph.branch > branch && graph.branchStart <= epoch),
      ),
    deleteReplaced: async ({ runId, branch, branchStart }) => {
      const replaced = table
        .all()
        .filter((graph) => graph.runId === runId && graph.branch < branch && graph.epoch >= branchStart);
      for (const { id } of replaced) await table.delete(id);
      return replaced.map(({ id }) => `job of ${id}`);
    },
  } satisfies Port<NeighborGraphRepository> & { all: unknown };
}

const UNMADE = {
  jobId: undefined,
  state: 'queued',
  fault: undefined,
  projectedOnto: undefined,
  placed: undefined,
  trust: undefined,
  points: undefined,
  preview: undefined,
  clusters: [],
  clustering: undefined,
  noiseCount: 0,
  classNeighbors: [],
  classNames: [],
  meanMovement: 0,
  seconds: 0,
  readyTime: undefined,
} as const;

const newExploration = ({ graph, ...exploration }: NewExploration): Exploration => ({
  ...UNMADE,
  ...exploration,
  projectId: graph.projectId,
  neighborGraphId: graph.id,
  activationSetId: graph.activationSetId,
  runId: graph.runId,
  epoch: graph.epoch,
  datasetVersionId: graph.datasetVersionId,
  perceptionSpaceId: graph.perceptionSpaceId,
  pointCount: graph.sampleCount,
  createTime: new Date(0),
});

const newProjection = ({ id, onto, placed }: NewProjection): Exploration => ({
  ...onto,
  ...UNMADE,
  id,
  placed,
  projectedOnto: onto.id,
  automatic: false,
  alignedTo: undefined,
  pointCount: placed.firstRow + placed.sampleCount,
});

/** Explorations whose jobs the spec moves from state to state. */
export function memoryExplorations() {
  const table = memoryTable<Exploration>();
  const findLast = (matches: (exploration: Exploration) => boolean): Promise<Exploration | undefined> =>
    Promise.resolve(table.all().findLast(matches));
  const change = (id: string, fields: Partial<Exploration>): Promise<void> => {
    table.change(id, fields);
    return Promise.resolve();
  };
  const none = (): Promise<void> => Promise.resolve();
  return {
    ...table,
    setState: (id: string, state: JobState) => table.change(id, { state }),
    insert: (exploration) => Promise.resolve(table.add(newExploration(exploration))),
    insertProjection: (projection) => Promise.resolve(table.add(newProjection(projection))),
    lockProjection: none,
    lockLine: none,
    findProjection: (onto, setId) =>
      findLast(({ projectedOnto, placed }) => projectedOnto === onto && placed?.activationSetId === setId),
    findByJob: (jobId) => findLast((exploration) => exploration.jobId === jobId),
    findAutomatic: ({ runId, perceptionSpaceId }, epoch) =>
      findLast(
        (one) =>
          one.automatic &&
          one.runId === runId &&
          one.perceptionSpaceId === perceptionSpaceId &&
          one.epoch === epoch,
      ),
    begin: async (id, jobId, alignedTo) => {
      table.change(id, { jobId, alignedTo });
      return findOrThrow(table, id, explorationNotFound);
    },
    show: (id, preview) => change(id, { preview }),
    complete: (id, info, placed) => change(id, { ...info, placed, state: 'succeeded' }),
  } satisfies Port<ExplorationRepository> & { all: unknown; setState: unknown };
}

/** An exploration of a graph, made by the usual methods, and stored. */
export async function storeExploration(
  explorations: ReturnType<typeof memoryExplorations>,
  graph: NeighborGraphRecord,
  over: Partial<Exploration> = {},
): Promise<Exploration> {
  const id = uuidv7();
  await explorations.insert({
    id,
    graph,
    algorithm: 'umap',
    params: {},
    dimensions: 2,
    seed: 1,
    alignedTo: undefined,
    automatic: false,
    clusterCount: 0,
    clusterMethod: 'k-means',
    minClusterSize: 0,
    measures: USUAL_MEASURES,
  });
  explorations.change(id, { state: 'succeeded', jobId: uuidv7(), points: artifact('points'), ...over });
  return (await explorations.find(id))!;
}

/** A queue that keeps the ids of its explorations and cancelled jobs, and names the jobs by their order. */
export function memoryMaps() {
  const [queued, cancelled]: string[][] = [[], []];
  return {
    queued: queued!,
    cancelled: cancelled!,
    queue: (_teamId, explorationId) => Promise.resolve(`job ${queued!.push(explorationId)}`),
    cancel: (_teamId, jobId) => Promise.resolve(void cancelled!.push(jobId)),
  } satisfies Port<MapQueue> & { queued: unknown; cancelled: unknown };
}

/** A queue that keeps the looks that it is given. */
export function memoryLooks() {
  const queued: { readonly explorationId: string; readonly tries: number }[] = [];
  return {
    queued,
    queue: (_teamId, explorationId, tries) => Promise.resolve(void queued.push({ explorationId, tries })),
  } satisfies Port<LineageQueue> & { queued: unknown };
}

/** Matrices of the given maps by the names of their artifacts; it keeps the stored ones. */
export function memoryMatrices(
  maps: Readonly<Record<string, MapPoints & { readonly classes: Int32Array }>> = {},
) {
  const stored: (MapPoints & { readonly classes: Int32Array })[] = [];
  const previews: Float32Array[] = [];
  return {
    stored,
    previews,
    vectors: (_refs, rows) => Promise.resolve(points(new Float32Array(rows * 2), 2)),
    neighbors: ({ sampleCount: n }) =>
      Promise.resolve({ n, k: 1, indices: new Int32Array(n), distances: new Float32Array(n) }),
    losses: ({ evaluation, sampleCount }) =>
      Promise.resolve(evaluation && new Float32Array(sampleCount).fill(0.5)),
    points: ({ sha256 }) => Promise.resolve(maps[sha256]!),
    putPreview: (_graph, _id, coordinates) => {
      previews.push(coordinates);
      return Promise.resolve(artifact('preview'));
    },
    putPoints: (_graph, _id, map, classes) => {
      stored.push({ ...map, classes });
      return Promise.resolve(artifact('made points'));
    },
  } satisfies Port<MatrixStore> & { stored: unknown; previews: unknown };
}
