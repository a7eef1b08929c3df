import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { bothMasks, type BitMask, countBits, pointsOf } from './bit-mask.js';
import type { Column } from './column.js';
import { combineFilters, type Filter, maskOfFilter } from './filters.js';
import type { PointOrder, PointScope } from './point-cache.js';
import { pointCache } from './points.query.js';
import { useRowsMask } from './rows-mask.query.js';
import { searchPoints } from './text-search.js';

const LISTED = 12;

/** The points that meet all filters and the search; `undefined` for all. */
export function useShownPoints({ scope, order, filters, search, columns, textColumns }: {
  readonly scope: PointScope | undefined; readonly order: PointOrder | undefined; readonly filters: readonly Filter[]; readonly search: string;
  readonly columns: ReadonlyMap<string, Column>; readonly textColumns: readonly string[];
}) {
  const rows = filters.find((filter) => filter.kind === 'rows');
  const only = useRowsMask(rows?.rows ?? '', order);
  const found = useFound(scope, order, search, textColumns);
  const masks = useMemo(() => filters.flatMap((filter) => {
    const column = columns.get(filter.column);
    return column === undefined || filter.kind === 'rows' ? [] : [maskCached(filter, column)];
  }), [filters, columns]);
  const shown = useMemo(() => combineFilters([...masks, ...(only.mask === undefined ? [] : [only.mask]), ...(found === undefined ? [] : [found.mask])]), [masks, only.mask, found]);
  const shownCount = useMemo(() => (shown === undefined ? order?.count ?? 0 : countBits(shown)), [shown, order]);
  return { shown, shownCount, found, lostRows: only.isLost };
}

/** Masks by column and filter, so that a change of one filter costs only that one. */
const masksOf = new WeakMap<Column, Map<string, BitMask>>();

function maskCached(filter: Filter, column: Column): BitMask {
  const known = masksOf.get(column) ?? new Map<string, BitMask>();
  masksOf.set(column, known);
  const key = JSON.stringify(filter);
  const mask = known.get(key) ?? maskOfFilter(filter, column);
  if (known.size > 8) known.clear();
  known.set(key, mask);
  return mask;
}

function useFound(scope: PointScope | undefined, order: PointOrder | undefined, search: string, textColumns: readonly string[]) {
  const typed = search.trim();
  const query = useQuery({
    queryKey: ['search', scope?.datasetVersionId, scope?.placed === undefined ? '' : scope.explorationId, textColumns, typed],
    enabled: typed !== '' && scope !== undefined && order !== undefined,
    queryFn: async ({ signal }) => {
      await pointCache.want(scope!, ['sample_id', 'split', ...textColumns]);
      const columns = textColumns.flatMap((name) => pointCache.find(scope!, name) ?? []);
      const mask = await searchPoints({ typed, count: order!.count, ids: pointCache.findTexts(scope!, 'sample_id'), columns, signal });
      return { mask, count: countBits(mask), points: pointsOf(mask, LISTED) };
    },
    staleTime: Infinity, gcTime: 10_000, placeholderData: (before) => before, structuralSharing: false,
  });
  return typed === '' ? undefined : query.data;
}

/** The selection within what is shown. */
export const selectedShown = (selected: BitMask | undefined, shown: BitMask | undefined): BitMask | undefined => (selected === undefined || shown === undefined ? selected : bothMasks(selected, shown));
