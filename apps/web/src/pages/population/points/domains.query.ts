import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { type Domain, settleDomains } from './column-domains.js';
import { isOfEvaluation } from '../../../parts/output-column.js';
import { domainKey, type PointScope } from './point-cache.js';
import { pointCache } from './points.query.js';
import { whenIdle } from '../../../parts/when-idle.js';

/** Numbers up to which a column is loaded ahead for all epochs. */
const NUMBERS_UP_TO = 2_000_000;

export type FindDomain = (name: string) => Domain | undefined;

/**
 * Ranges of columns: over the epochs that are shown, and over all once they are known; unchanged while epochs
 * are played, so that no color jumps.
 */
export function useDomains(
  scope: PointScope | undefined,
  {
    shown,
    epochs,
    isHeld,
  }: {
    readonly shown: readonly number[];
    /** Number of epochs that a scale for all covers. */
    readonly epochs: number;
    readonly isHeld: boolean;
  },
): FindDomain {
  const now = useSyncExternalStore(pointCache.domains.subscribe, pointCache.domains.get);
  const [held, hold] = useState(now);
  const settled = isHeld ? held : settleDomains(held, now, shown, epochs);
  if (settled !== held) hold(settled);
  return useCallback(
    (name) => {
      const key = scope === undefined ? '' : domainKey(scope, name);
      return held.get(key) ?? now.get(key);
    },
    [scope, held, now],
  );
}

/**
 * Loads columns of all epochs in quiet moments, so that their scales are known before anybody compares; not
 * of very large populations.
 */
export function usePrefetchedDomains(
  scopes: readonly PointScope[],
  names: readonly string[],
  count: number,
  isReady: boolean,
): void {
  useEffect(() => {
    const wanted = names.filter(isOfEvaluation);
    if (!isReady || wanted.length === 0 || count * scopes.length > NUMBERS_UP_TO) return undefined;
    let left = false;
    const load = async (): Promise<void> => {
      for (const scope of scopes) if (!left) await pointCache.want(scope, wanted);
    };
    const cancel = whenIdle(() => {
      void load().catch(() => undefined);
    });
    return () => {
      left = true;
      cancel();
    };
  }, [scopes, names, count, isReady]);
}
