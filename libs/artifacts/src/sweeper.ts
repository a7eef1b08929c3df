import { type Clock, systemClock } from '@noema/kernel';
import type { ArtifactStore, StoredArtifact } from './artifact-store.js';

export interface SweepOptions {
  readonly store: ArtifactStore;
  /** Kinds (third part of the key) whose rows this sweeper can query. It ignores objects of other kinds. */
  readonly kinds: readonly string[];
  /**
   * Returns the given uris that a row names. It must see the rows of all teams; otherwise the sweeper deletes
   * objects of other teams.
   */
  readonly named: (uris: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Returns the given unnamed objects that have been unnamed long enough to be deleted. Default: all. */
  readonly due?: (unnamed: readonly StoredArtifact[]) => Promise<ReadonlySet<string>>;
  /** Minimum age of an unnamed object; a younger one may belong to a running write. Default: one day. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

const DAY_MS = 86_400_000;
const BATCH = 500;

/**
 * Deletes objects that no row names, and leftovers of crashed writers, both only after the grace period.
 * Returns the deleted objects.
 */
export async function sweepArtifacts(options: SweepOptions): Promise<{ objects: number; abandoned: number }> {
  const { store, graceMs = DAY_MS, clock = systemClock, due = toUris } = options;
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

const toUris = (unnamed: readonly StoredArtifact[]): Promise<ReadonlySet<string>> =>
  Promise.resolve(new Set(unnamed.map(({ uri }) => uri)));
