import { isUuid, type Page, type PageQuery, type Registry, type UnitOfWork, uuidv7 } from '@noema/kernel';
import type { ActivationSet } from '../activation-set/activation-set.js';
import { neighborsOf, type NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { parametersOf } from './index-parameters.js';
import {
  activationSetNotFound,
  graphNotFound,
  indexNotFound,
  notInProject,
  tooFewSamples,
} from './similarity.errors.js';
import type {
  ActivationSetRepository,
  BuildQueue,
  NeighborGraphRepository,
  VectorIndexRepository,
} from './similarity.ports.js';
import type { IndexKind, IndexKindAdapter, VectorIndex } from './vector-index.js';

/** Rows whose neighbours one worker finds at a time. */
export const SHARD_ROWS = 16_384;

export interface IndexServicePorts {
  readonly work: UnitOfWork;
  readonly sets: ActivationSetRepository;
  readonly indexes: VectorIndexRepository;
  readonly graphs: NeighborGraphRepository;
  readonly queue: BuildQueue;
  readonly kinds: Registry<IndexKindAdapter>;
  /** The kind that a set gets without being asked for. */
  readonly defaultKind: IndexKind;
  /** Samples up to which all pairs are compared for the neighbour graph. */
  readonly graphExactUpTo: number;
}

export interface NewIndexRequest {
  /** The project of the set. */
  readonly projectId: string;
  readonly activationSetId: string;
  /** The default kind when it is not said. */
  readonly kind: IndexKind | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where to list: a project, and one of its sets when that is not empty. */
export interface Within {
  readonly projectId: string;
  readonly activationSetId: string;
}

/** Makes indexes and neighbour graphs. */
export class Indexing {
  constructor(private readonly ports: IndexServicePorts) {}

  /**
   * A set became visible: its default index and its graph are made without being asked for, unless it has no
   * two samples.
   */
  async setReady(set: ActivationSet): Promise<void> {
    const { work, sets, graphs, indexes, queue, kinds, defaultKind, graphExactUpTo } = this.ports;
    await work.run(set.teamId, async () => {
      await sets.save(set);
      if (set.sampleCount < 2 || (await graphs.findOf(set.id)) !== undefined) return;
      const [indexId, neighborGraphId] = [uuidv7(), uuidv7()];
      const method = set.sampleCount > graphExactUpTo ? 'nn-descent' : 'exact';
      const jobId = await queue.add(
        set.teamId,
        { activationSetId: set.id, indexId, neighborGraphId, method },
        method === 'exact' ? Math.ceil(set.sampleCount / SHARD_ROWS) : 1,
      );
      await indexes.insert({
        id: indexId,
        set,
        kind: defaultKind,
        params: parametersOf(kinds.get(defaultKind), {}),
        jobId,
      });
      await graphs.insert({ id: neighborGraphId, set, k: neighborsOf(set.sampleCount), method, jobId });
    });
  }

  /**
   * Starts an index of a kind, or returns the one that the set has with these settings. Throws `not-found`,
   * `invalid` PARAMETER_*, `precondition`.
   */
  create(
    teamId: string,
    { projectId, activationSetId, kind = this.ports.defaultKind, params: given }: NewIndexRequest,
  ): Promise<VectorIndex> {
    const { work, sets, indexes, queue, kinds } = this.ports;
    return work.run(teamId, async () => {
      const adapter = kinds.get(kind);
      const params = parametersOf(adapter, given);
      const set = isUuid(activationSetId) ? await sets.find(activationSetId) : undefined;
      if (set === undefined) throw activationSetNotFound(activationSetId);
      if (set.projectId !== projectId) throw notInProject(activationSetId, projectId);
      if (set.sampleCount < 2) throw tooFewSamples(set.sampleCount);
      const known = await indexes.findOf(set.id, kind, params);
      if (known !== undefined && known.state !== 'failed' && known.state !== 'cancelled') return known;
      adapter.checkReady();
      if (known !== undefined) await indexes.remove(known.id);
      const id = uuidv7();
      const jobId = await queue.add(teamId, { activationSetId: set.id, indexId: id, neighborGraphId: '' }, 1);
      await indexes.insert({ id, set, kind, params, jobId });
      return (await indexes.find(id))!;
    });
  }

  index(teamId: string, id: string): Promise<VectorIndex> {
    return this.ports.work.run(teamId, async () => {
      const index = isUuid(id) ? await this.ports.indexes.find(id) : undefined;
      if (index === undefined) throw indexNotFound(id);
      return index;
    });
  }

  graph(teamId: string, id: string): Promise<NeighborGraphRecord> {
    return this.ports.work.run(teamId, async () => {
      const graph = isUuid(id) ? await this.ports.graphs.find(id) : undefined;
      if (graph === undefined) throw graphNotFound(id);
      return graph;
    });
  }

  listIndexes(
    teamId: string,
    { projectId, activationSetId }: Within,
    query: PageQuery,
  ): Promise<Page<VectorIndex>> {
    return this.ports.work.run(teamId, () => this.ports.indexes.page(projectId, activationSetId, query));
  }

  listGraphs(
    teamId: string,
    { projectId, activationSetId }: Within,
    query: PageQuery,
  ): Promise<Page<NeighborGraphRecord>> {
    return this.ports.work.run(teamId, () => this.ports.graphs.page(projectId, activationSetId, query));
  }

  async remove(teamId: string, id: string): Promise<void> {
    const removed = isUuid(id) && (await this.ports.work.run(teamId, () => this.ports.indexes.remove(id)));
    if (!removed) throw indexNotFound(id);
  }
}
