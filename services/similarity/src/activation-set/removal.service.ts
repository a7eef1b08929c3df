import { isUuid, type RowSelection, rowsOf, type UnitOfWork } from '@noema/kernel';
import { countRows, withRows } from './row-mask.js';
import { activationSetNotFound } from '../vector-index/similarity.errors.js';
import type {
  ActivationSetRepository,
  BuildQueue,
  VectorIndexRepository,
} from '../vector-index/similarity.ports.js';
import type { VectorIndex } from '../vector-index/vector-index.js';

export interface RemovalServicePorts {
  readonly work: UnitOfWork;
  readonly sets: ActivationSetRepository;
  readonly indexes: VectorIndexRepository;
  readonly queue: BuildQueue;
}

/**
 * Share of an index' rows that may be removed before it is built again without them: a search passes over
 * them until then.
 */
const MAX_REMOVED = 0.2;

/** Takes samples out of what can be found. */
export class RemovalService {
  constructor(private readonly ports: RemovalServicePorts) {}

  /**
   * Removes the rows from everything that is found in the set, at once and for every index, and starts
   * building those indexes again of which more than a fifth is gone. Returns how many rows of the set are
   * removed, earlier ones included. Throws `not-found`, and `invalid` as `rowsOf` does.
   */
  remove(teamId: string, activationSetId: string, selection: RowSelection | undefined): Promise<number> {
    const { work, sets, indexes, queue } = this.ports;
    return work.run(teamId, async () => {
      const set = isUuid(activationSetId) ? await sets.lock(activationSetId) : undefined;
      if (set === undefined) throw activationSetNotFound(activationSetId);
      const removed = withRows(set.removed, rowsOf(selection, set.sampleCount), set.sampleCount);
      const count = countRows(removed);
      await sets.setRemoved(set.id, removed);
      for (const index of await indexes.ofSet(set.id)) {
        if (!needsCompaction(index, count)) continue;
        const jobId = await queue.add(
          teamId,
          { activationSetId: set.id, indexId: index.id, neighborGraphId: '' },
          1,
        );
        await indexes.compactedBy(index.id, jobId);
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
