import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import {
  isUuid,
  type Port,
  type Registry,
  type RowSelection,
  selectRows,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { SHARD_ROWS } from '../build/build.js';
import { BuildQueue } from '../build/build.queue.js';
import type { SimilarityConfig } from '../config.js';
import { countNeighbors } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { IndexKinds } from '../vector-index/index-kinds.js';
import { parseParameters } from '../vector-index/index-parameters.js';
import type { IndexKindAdapter, VectorIndex } from '../vector-index/vector-index.js';
import { VectorIndexRepository } from '../vector-index/vector-index.repository.js';
import { activationSetNotFound } from './activation-set.errors.js';
import type { ActivationSet } from './activation-set.js';
import { ActivationSetRepository } from './activation-set.repository.js';
import { countRows, withRows } from './row-mask.js';

/**
 * Share of an index' rows that may be removed before it is built again without them: a search passes over
 * them until then.
 */
const MAX_REMOVED = 0.2;

/** Indexes announced sets, and takes samples out of what is found in them. */
@Injectable()
export class ActivationSetService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationSetRepository) private readonly sets: Port<ActivationSetRepository>,
    @Inject(VectorIndexRepository) private readonly indexes: Port<VectorIndexRepository>,
    @Inject(NeighborGraphRepository) private readonly graphs: Port<NeighborGraphRepository>,
    @Inject(BuildQueue) private readonly queue: Port<BuildQueue>,
    @Inject(IndexKinds) private readonly kinds: Registry<IndexKindAdapter>,
    @Inject(SETTINGS) private readonly settings: Pick<SimilarityConfig, 'indexKind' | 'graphExactUpTo'>,
  ) {}

  /**
   * Stores an announced set and starts its default index and its graph, unless it has no two samples. Deletes the
   * sets of epochs that its branch has replaced.
   */
  async ready(set: ActivationSet): Promise<void> {
    const { unitOfWork, sets, graphs, indexes, queue, kinds } = this;
    const { indexKind: kind, graphExactUpTo } = this.settings;
    await unitOfWork.run(set.teamId, async () => {
      if (set.branch > 0) await queue.cancel(set.teamId, await sets.deleteReplaced(set));
      if (await sets.isReplaced(set)) return;
      await sets.save(set);
      if (set.sampleCount < 2 || (await graphs.findBySet(set.id)) !== undefined) return;
      const [indexId, neighborGraphId] = [uuidv7(), uuidv7()];
      const method = set.sampleCount > graphExactUpTo ? 'nn-descent' : 'exact';
      const jobId = await queue.queue(
        set.teamId,
        { activationSetId: set.id, indexId, neighborGraphId, method },
        method === 'exact' ? Math.ceil(set.sampleCount / SHARD_ROWS) : 1,
      );
      await indexes.insert({ id: indexId, set, kind, params: parseParameters(kinds.get(kind), {}), jobId });
      await graphs.insert({ id: neighborGraphId, set, k: countNeighbors(set.sampleCount), method, jobId });
    });
  }

  /**
   * Removes the rows from everything that is found in the set, at once and for every index, and starts
   * building those indexes again of which more than a fifth is removed. Returns how many rows of the set are
   * removed, earlier ones included. Throws `not-found`, and `invalid` as `selectRows` does.
   */
  removeSamples(teamId: string, id: string, selection: RowSelection | undefined): Promise<number> {
    const { unitOfWork, sets, indexes, queue } = this;
    return unitOfWork.run(teamId, async () => {
      const set = isUuid(id) ? await sets.lock(id) : undefined;
      if (set === undefined) throw activationSetNotFound(id);
      const removed = withRows(set.removed, selectRows(selection, set.sampleCount), set.sampleCount);
      const count = countRows(removed);
      await sets.setRemoved(id, removed);
      for (const index of await indexes.ofSet(id)) {
        if (!needsCompaction(index, count)) continue;
        const payload = { activationSetId: id, indexId: index.id, neighborGraphId: '' };
        await indexes.compactedBy(index.id, await queue.queue(teamId, payload));
      }
      return count;
    });
  }
}

function needsCompaction(
  { state, isCompacting, leftOut, sampleCount }: VectorIndex,
  removed: number,
): boolean {
  const without = countRows(leftOut);
  return (
    state === 'succeeded' &&
    !isCompacting &&
    sampleCount - removed >= 2 &&
    removed - without > MAX_REMOVED * (sampleCount - without)
  );
}
