import { type Clock, systemClock } from '@noema/kernel';
import type { ArtifactStore, StoredArtifact } from './artifact-store.js';

export interface SweepOptions {
  readonly store: ArtifactStore;
  /**
   * The kinds (third part of the key) whose rows this sweeper can ask; objects of other kinds are left alone.
   */
  readonly kinds: readonly string[];
  /**
   * Those of the given uris that a row names; it must see all teams, or it makes the sweeper delete what
   * others own.
   */
  readonly named: (uris: readonly string[]) => Promise<ReadonlySet<string>>;
  /**
   * Those of the given objects without a row that have been without one for so long that they go; all when
   * left out.
   */
  readonly due?: (unnamed: readonly StoredArtifact[]) => Promise<ReadonlySet<string>>;
  /** Age below which an object without a row is taken as being on its way; default one day. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

const DAY_MS = 86_400_000;
const BATCH = 500;

/**
 * Removes objects that no row names and the leftovers of dead writers, both only past the grace age; answers
 * what was removed.
 */
export async function sweepArtifacts(options: SweepOptions): Promise<{ objects: number; abandoned: number }> {
  const { store, graceMs = DAY_MS, clock = systemClock, due = allOf } = options;
  const youngest = clock.now().getTime() - graceMs;
  const kinds = new Set(options.kinds);
  let objects = 0;
  let batch: StoredArtifact[] = [];
  const flush = async (): Promise<void> => {
    const named = await options.named(batch.map(({ uri }) => uri));
    for (const uri of await due(batch.filter((artifact) => !named.has(artifact.uri)))) {
      await store.delete(uri);
      objects++;
    }
    batch = [];
  };
  for await (const artifact of store.list('')) {
    if (options.signal?.aborted === true) break;
    if (!kinds.has(artifact.uri.split('/')[2] ?? '') || artifact.modifiedAt.getTime() > youngest) continue;
    batch.push(artifact);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return { objects, abandoned: await store.sweepAbandoned(graceMs) };
}

const allOf = (unnamed: readonly StoredArtifact[]): Promise<ReadonlySet<string>> =>
  Promise.resolve(new Set(unnamed.map(({ uri }) => uri)));
