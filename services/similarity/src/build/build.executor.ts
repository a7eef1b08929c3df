import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { type ArtifactRef, type UnitOfWork } from '@noema/kernel';
import { type NeighborGraph, nearestNeighbors, type Points } from '@noema/manifold';
import { Database } from '@noema/postgres';
import { activationSetNotFound } from '../activation-set/activation-set.errors.js';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { ActivationSetRepository } from '../activation-set/activation-set.repository.js';
import { MatrixStore } from '../activation-set/matrix.store.js';
import type { SimilarityConfig } from '../config.js';
import { graphNotFound } from '../neighbor-graph/neighbor-graph.errors.js';
import { NeighborGraphEvents } from '../neighbor-graph/neighbor-graph.events.js';
import { countNeighbors } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { IndexKinds } from '../vector-index/index-kinds.js';
import { buildIndex } from '../vector-index/index.making.js';
import { measureRecall } from '../vector-index/recall.js';
import { indexNotFound } from '../vector-index/vector-index.errors.js';
import type { Found } from '../vector-index/vector-index.js';
import { VectorIndexRepository } from '../vector-index/vector-index.repository.js';
import { type BuildPayload, SHARD_ROWS } from './build.js';

/** Reports the progress of a step and stops it. */
export interface Control {
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
}

/** Rows searched between two words about the progress. */
const STEP = 8_192;

/** The work of the job: the graph part by part, then everything that becomes visible with it. */
@Injectable()
export class BuildExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Pick<ActivationSetRepository, 'find'>,
    @Inject(VectorIndexRepository) private readonly indexes: Pick<VectorIndexRepository, 'find' | 'complete'>,
    @Inject(NeighborGraphRepository)
    private readonly graphs: Pick<NeighborGraphRepository, 'find' | 'complete'>,
    @Inject(MatrixStore) private readonly matrices: MatrixStore,
    @Inject(NeighborGraphEvents) private readonly events: Pick<NeighborGraphEvents, 'ready'>,
    @Inject(IndexKinds) private readonly kinds: Pick<IndexKinds, 'get'>,
    @Inject(SETTINGS) private readonly settings: Pick<SimilarityConfig, 'engineThreads'>,
  ) {}

  /**
   * Finds the neighbours of one part of the rows and keeps them; `undefined` when the set has its graph
   * already.
   */
  async part(
    teamId: string,
    payload: BuildPayload,
    index: number,
    control: Control,
  ): Promise<ArtifactRef | undefined> {
    if (payload.neighborGraphId === '') return undefined;
    const set = await this.set(teamId, payload);
    const vectors = await this.matrices.vectors(set);
    if (payload.method === 'nn-descent')
      return this.matrices.putGraph(
        set,
        payload.neighborGraphId,
        `part-${index}`,
        await this.descended(vectors, control),
      );
    const search = await this.kinds.get('exact').open(vectors, {}, undefined);
    const [from, to] = [index * SHARD_ROWS, Math.min(vectors.n, (index + 1) * SHARD_ROWS)];
    const k = countNeighbors(vectors.n);
    const graph: NeighborGraph = {
      n: to - from,
      k,
      indices: new Int32Array((to - from) * k),
      distances: new Float32Array((to - from) * k),
    };
    for (let at = from; at < to; at += STEP) {
      const end = Math.min(to, at + STEP);
      const found = await search.search(slice(vectors, at, end), k, { firstRow: at, signal: control.signal });
      graph.indices.set(found.rows, (at - from) * k);
      graph.distances.set(found.distances, (at - from) * k);
      control.progress(end - from, to - from, 'samples', 'neighbors');
    }
    return this.matrices.putGraph(set, payload.neighborGraphId, `part-${index}`, graph);
  }

  /** The whole graph at once. Its recall is measured with that of every graph when it is published. */
  private async descended(vectors: Points, control: Control): Promise<NeighborGraph> {
    const { engineThreads: threads } = this.settings;
    const k = countNeighbors(vectors.n);
    const { graph } = await nearestNeighbors(vectors, k, {
      exactUpTo: 0,
      recallQueries: 1,
      signal: control.signal,
      ...(threads > 0 && { threads }),
      onProgress: (done, total) => {
        control.progress(done, total, 'steps', 'neighbors by descent');
      },
    });
    return graph;
  }

  /** Puts the parts together, builds the index, measures both, and answers what makes them visible. */
  async publish(
    teamId: string,
    payload: BuildPayload,
    parts: readonly ArtifactRef[],
    control: Control,
  ): Promise<() => Promise<void>> {
    const { unitOfWork, indexes, graphs, matrices, kinds, events } = this;
    const set = await this.set(teamId, payload);
    const index = await unitOfWork.run(teamId, () => indexes.find(payload.indexId));
    if (index === undefined) throw indexNotFound(payload.indexId);
    const vectors = await matrices.vectors(set);
    const kind = kinds.get(index.kind);
    control.progress(0, 2, 'steps', 'building the index');
    const { bytes, recall } = await buildIndex(kind, { vectors, leftOut: set.removed }, index.params, {
      signal: control.signal,
      onBuilt: () => {
        control.progress(1, 2, 'steps', 'measuring recall');
      },
    });
    const artifact = bytes && (await matrices.putIndex(set, index.id, bytes));
    const graph =
      payload.neighborGraphId === ''
        ? undefined
        : await this.join(set, payload.neighborGraphId, parts, vectors, control);
    control.progress(2, 2, 'steps', 'publishing');
    return async () => {
      await indexes.complete(index.id, { recall, artifact, leftOut: set.removed });
      if (graph === undefined) return;
      await graphs.complete(payload.neighborGraphId, graph);
      const record = await graphs.find(payload.neighborGraphId);
      if (record === undefined) throw graphNotFound(payload.neighborGraphId);
      await events.ready(record, index.id, set, graph.artifact);
    };
  }

  private async join(
    set: ActivationSet,
    id: string,
    parts: readonly ArtifactRef[],
    vectors: Points,
    { signal }: Control,
  ): Promise<{ recall: number; medianDistance: number; artifact: ArtifactRef }> {
    const graphs = await Promise.all(parts.map((part) => this.matrices.graph(part)));
    const graph = concat(graphs);
    const artifact = parts.length === 1 ? parts[0]! : await this.matrices.putGraph(set, id, 'graph', graph);
    // The graph answers for itself, so that its own recall is measured and not that of what made it.
    const stored = {
      search: (_q: Points, k: number, { firstRow = 0 } = {}) => Promise.resolve(sliceRow(graph, firstRow, k)),
      close: () => Promise.resolve(),
    };
    return {
      recall: await measureRecall(vectors, stored, { k: graph.k, signal }),
      medianDistance: computeMedian(graph.distances),
      artifact,
    };
  }

  private async set(teamId: string, { activationSetId }: BuildPayload): Promise<ActivationSet> {
    const set = await this.unitOfWork.run(teamId, () => this.sets.find(activationSetId));
    if (set === undefined) throw activationSetNotFound(activationSetId);
    return set;
  }
}

const slice = ({ data, d }: Points, from: number, to: number): Points => ({
  data: data.subarray(from * d, to * d),
  n: to - from,
  d,
});

const sliceRow = ({ indices, distances, k: held }: NeighborGraph, row: number, k: number): Found => ({
  m: 1,
  k,
  rows: indices.subarray(row * held, row * held + k),
  distances: distances.subarray(row * held, row * held + k),
});

function concat(graphs: readonly NeighborGraph[]): NeighborGraph {
  const k = graphs[0]!.k;
  const n = graphs.reduce((sum, graph) => sum + graph.n, 0);
  const whole = { n, k, indices: new Int32Array(n * k), distances: new Float32Array(n * k) };
  let row = 0;
  for (const { n: rows, indices, distances } of graphs) {
    whole.indices.set(indices, row * k);
    whole.distances.set(distances, row * k);
    row += rows;
  }
  return whole;
}

function computeMedian(distances: Float32Array): number {
  const sorted = Float32Array.from(distances).sort();
  return sorted[Math.floor(sorted.length / 2)]!;
}
