import { type Clock, systemClock } from '@noema/kernel';
import type { ArtifactStore } from './artifact-store.js';

export interface SweepOptions {
  readonly store: ArtifactStore;
  /** The kinds (third part of the key) whose rows this sweeper can ask; objects of other kinds are left alone. */
  readonly kinds: readonly string[];
  /** Those of the given uris that a row names; it must see all teams, or it makes the sweeper delete what others own. */
  readonly named: (uris: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Age below which an object without a row is taken as being on its way; default one day. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

const DAY_MS = 86_400_000;
const BATCH = 500;

/** Removes objects that no row names and the leftovers of dead writers, both only past the grace age; answers what was removed. */
export async function sweepArtifacts(options: SweepOptions): Promise<{ objects: number; abandoned: number }> {
  const { store, graceMs = DAY_MS, clock = systemClock } = options;
  const youngest = clock.now().getTime() - graceMs;
  const kinds = new Set(options.kinds);
  let objects = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    const named = await options.named(batch);
    for (const uri of batch) {
      if (named.has(uri)) continue;
      await store.delete(uri);
      objects++;
    }
    batch = [];
  };
  for await (const artifact of store.list('')) {
    if (options.signal?.aborted === true) break;
    if (!kinds.has(artifact.uri.split('/')[2] ?? '') || artifact.modifiedAt.getTime() > youngest) continue;
    batch.push(artifact.uri);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return { objects, abandoned: await store.sweepAbandoned(graceMs) };
}
