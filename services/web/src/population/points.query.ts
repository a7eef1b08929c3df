import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { loadColumns } from '../api/point-columns.js';
import type { Column } from './column.js';
import { PointCache, type PointScope } from './point-cache.js';

/** The columns that this tab keeps. */
export const pointCache = new PointCache(loadColumns);

const NONE: ReadonlyMap<string, Column> = new Map();

/** Columns of a map by name; those from before stay until others have come. */
export function usePoints(scope: PointScope | undefined, names: readonly string[]) {
  const wanted = [...new Set(names)].sort();
  const query = useQuery({
    queryKey: ['points', scope, wanted],
    queryFn: scope === undefined ? skipToken : async () => {
      await pointCache.want(scope, wanted);
      return new Map(wanted.flatMap((name) => { const column = pointCache.find(scope, name); return column === undefined ? [] : [[name, column] as const]; }));
    },
    staleTime: Infinity,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  return { columns: query.data ?? NONE, error: query.error, retry: query.refetch, isCurrent: query.isSuccess && !query.isPlaceholderData };
}
