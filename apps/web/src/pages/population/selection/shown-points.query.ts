import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { bothMasks, type BitMask, countBits } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { combineFilters, type Filter, maskOfFilter } from './filters.js';
import type { PointOrder, PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { useRowsMask } from './rows-mask.query.js';
import type { Described } from '../points/placed-rows.js';
import type { Found } from './text-search.js';

/**
 * The points that meet all filters, the points that the search found, and the points in both (`within`);
 * `undefined` for all.
 */
export function useShownPoints({
  scope,
  order,
  filters,
  search,
  columns,
  described,
}: {
  readonly scope: PointScope | undefined;
  readonly order: PointOrder | undefined;
  readonly filters: readonly Filter[];
  readonly search: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly described: Described;
}) {
  const rows = filters.find((filter) => filter.kind === 'rows');
  const only = useRowsMask(rows?.rows ?? '', order);
  const found = useFound(scope, order, search, described);
  const masks = useMemo(
    () =>
      filters.flatMap((filter) => {
        const column = columns.get(filter.column);
        return column === undefined || filter.kind === 'rows' ? [] : [maskCached(filter, column)];
      }),
    [filters, columns],
  );
  const shown = useMemo(
    () => combineFilters([...masks, ...(only.mask === undefined ? [] : [only.mask])]),
    [masks, only.mask],
  );
  // A condition that is not understood changes nothing on the map.
  const mask = found?.error === undefined ? found?.mask : undefined;
  const within = useMemo(() => (mask === undefined ? shown : selectedShown(mask, shown)), [mask, shown]);
  const shownCount = useMemo(
    () => (shown === undefined ? (order?.count ?? 0) : countBits(shown)),
    [shown, order],
  );
  return { shown, shownCount, found, foundMask: mask, within, lostRows: only.isLost };
}

/** Masks by column and filter, so that a change of one filter costs only that one. */
const masksByColumn = new WeakMap<Column, Map<string, BitMask>>();

function maskCached(filter: Filter, column: Column): BitMask {
  const known = masksByColumn.get(column) ?? new Map<string, BitMask>();
  masksByColumn.set(column, known);
  const key = JSON.stringify(filter);
  const mask = known.get(key) ?? maskOfFilter(filter, column);
  if (known.size > 8) known.clear();
  known.set(key, mask);
  return mask;
}

function useFound(
  scope: PointScope | undefined,
  order: PointOrder | undefined,
  search: string,
  described: Described,
): Found | undefined {
  const typed = search.trim();
  const query = useQuery({
    // A condition may name what differs from map to map.
    queryKey: ['search', scope?.explorationId, described.metadataColumns.length, typed],
    enabled: typed !== '' && scope !== undefined && order !== undefined,
    queryFn: async ({ signal }) => {
      const [{ search: find }, { searchFields }] = await Promise.all([
        import('./text-search.js'),
        import('./search-fields.js'),
      ]);
      const fields = searchFields(described);
      const texts = [...fields].flatMap(([name, type]) =>
        name.startsWith('metadata.') && type === 'string' ? [name] : [],
      );
      const load = async (names: readonly string[]): Promise<ReadonlyMap<string, Column>> => {
        await pointCache.want(scope!, names);
        return new Map(
          names.flatMap((name) => {
            const column = pointCache.find(scope!, name);
            return column === undefined ? [] : [[name, column] as const];
          }),
        );
      };
      await pointCache.want(scope!, ['sample_id', 'split']);
      return find({
        typed,
        count: order!.count,
        toRow: order!.toRow,
        ids: pointCache.findTexts(scope!, 'sample_id'),
        columns: [...(await load(texts)).values()],
        fields,
        load,
        signal,
      });
    },
    staleTime: Infinity,
    gcTime: 10_000,
    placeholderData: (before) => before,
    structuralSharing: false,
  });
  return typed === '' ? undefined : query.data;
}

/** The selection within what is shown. */
export const selectedShown = (
  selected: BitMask | undefined,
  shown: BitMask | undefined,
): BitMask | undefined =>
  selected === undefined || shown === undefined ? selected : bothMasks(selected, shown);
