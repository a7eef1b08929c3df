import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect } from 'react';
import { loadColumns } from '../../../api/point-columns.js';
import { type Column, isChange, SLICE } from './column.js';
import { PointCache, type PointScope } from './point-cache.js';
import { whenIdle } from '../../../parts/when-idle.js';

/** The columns that this tab keeps. */
export const pointCache = new PointCache(loadColumns, undefined, async (cache, scope, names) => {
  const changes = names.filter(isChange);
  return [
    ...(changes.length === 0
      ? []
      : await (await import('./compared-columns.js')).compareColumns(cache, scope, changes)),
    ...(names.includes(SLICE)
      ? [await (await import('./slice-column.js')).loadSliceColumn(cache, scope)]
      : []),
  ];
});

const NONE: ReadonlyMap<string, Column> = new Map();

/** Columns of a map by name, requested once `enabled`; earlier columns stay until others have come. */
export function usePoints(scope: PointScope | undefined, names: readonly string[], enabled: boolean) {
  const wanted = [...new Set(names)].sort();
  const query = useQuery({
    queryKey: ['points', scope, wanted],
    queryFn:
      scope === undefined
        ? skipToken
        : async () => {
            await pointCache.want(scope, wanted);
            return new Map(
              wanted.flatMap((name) => {
                const column = pointCache.find(scope, name);
                return column === undefined ? [] : [[name, column] as const];
              }),
            );
          },
    enabled,
    staleTime: Infinity,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  // Work on a million numbers is done in a render that gives way to user input.
  const data = useDeferredValue(query.data);
  return {
    columns: data ?? NONE,
    error: query.error,
    retry: query.refetch,
    isCurrent: query.isSuccess && !query.isPlaceholderData && data === query.data,
  };
}

/** Points up to which ids are loaded ahead. */
const IDS_UP_TO = 50_000;

/** Loads ids and splits in quiet moments, so that a hover can name its sample. */
export function usePrefetchedIds(scope: PointScope | undefined, count: number, isReady: boolean): void {
  useEffect(() => {
    if (!isReady || scope === undefined || count > IDS_UP_TO) return undefined;
    return whenIdle(() => {
      void pointCache.want(scope, ['sample_id', 'split']).catch(() => undefined);
    });
  }, [scope, count, isReady]);
}
