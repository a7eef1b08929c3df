import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { describeSlices, useSlices } from '../../../features/selection/slices.query.js';
import { SLICE } from './column.js';
import { pointCache } from './points.query.js';

/** The slices of each dataset version as this tab last knew them; its columns outlive the page of the map. */
const known = new Map<string, string>();

/** Loads the slices and the selections of points again when slices change, also where others change them. */
export function useFreshSlices(datasetVersionId: string): void {
  const client = useQueryClient();
  const slices = useSlices(datasetVersionId).data;
  const text = slices === undefined ? undefined : describeSlices(slices);
  useEffect(() => {
    if (text === undefined) return;
    const before = known.get(datasetVersionId);
    known.set(datasetVersionId, text);
    if (before === undefined || before === text) return;
    pointCache.forget(SLICE);
    void client.invalidateQueries({
      queryKey: ['points'],
      predicate: ({ queryKey }) => (queryKey[2] as readonly string[] | undefined)?.includes(SLICE) === true,
    });
    void client.invalidateQueries({
      queryKey: ['rowsMask'],
      predicate: ({ queryKey: [, code, count] }) =>
        count !== undefined && (code as string).startsWith('slice:'),
    });
  }, [datasetVersionId, text, client]);
}
