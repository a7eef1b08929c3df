import { estimateSimilarity } from '@noema/insights';
import { haveSameOutput, type StoredOutputName } from '../population/searched-output.js';
import type { Insight, InsightChange } from './insight.js';

/** Least similarity of the samples of two insights that are the same. */
const SAME = 0.5;
/** Relative change of the number of samples that counts. */
const NOTICEABLE = 0.1;

/** Whether two insights of one kind, case and output have about the same samples. */
export const haveSameSamples = (one: Signed & StoredOutputName, other: Signed & StoredOutputName): boolean =>
  haveSameOutput(one, other) &&
  one.subkind === other.subkind &&
  estimateSimilarity(one.signature, other.signature) >= SAME;

type Signed = Pick<Insight, 'subkind' | 'signature'>;

/**
 * Finds for each insight the earlier insight with about the same samples: pairs by falling similarity, each insight
 * once. Returns undefined where none is similar.
 */
export function matchEarlier<T extends Signed>(
  now: readonly Signed[],
  earlier: readonly T[],
): (T | undefined)[] {
  const pairs = now
    .flatMap((one, at) =>
      earlier.map((other, from) => ({
        at,
        from,
        similarity: one.subkind === other.subkind ? estimateSimilarity(one.signature, other.signature) : 0,
      })),
    )
    .filter(({ similarity }) => similarity >= SAME)
    .sort((a, b) => b.similarity - a.similarity || a.at - b.at || a.from - b.from);
  const found = new Map<number, number>();
  const taken = new Set<number>();
  for (const { at, from } of pairs) {
    if (found.has(at) || taken.has(from)) continue;
    found.set(at, from);
    taken.add(from);
  }
  return now.map((_, at) => (found.has(at) ? earlier[found.get(at)!] : undefined));
}

/** The change of the number of samples since an earlier insight. */
export function describeChange(
  memberCount: number,
  earlier: Pick<Insight, 'memberCount'> | undefined,
): InsightChange {
  if (earlier === undefined) return 'born';
  const ratio = memberCount / Math.max(1, earlier.memberCount);
  return ratio >= 1 + NOTICEABLE ? 'grew' : ratio <= 1 - NOTICEABLE ? 'shrank' : 'stayed';
}
