import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSlices } from '../../../features/selection/slices.query.js';
import { SLICE } from './column.js';
import { pointCache } from './points.query.js';

/** Loads the slices of points again when slices change while they are shown. */
export function useFreshSlices(datasetVersionId: string): void {
  const client = useQueryClient();
  const slices = useSlices(datasetVersionId).data;
  const text = slices?.map(({ id, displayName, sampleCount }) => [id, displayName, sampleCount]).join('\n');
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (text === undefined) return;
    if (before.current !== undefined && before.current !== text) {
      pointCache.forget(SLICE);
      void client.invalidateQueries({
        queryKey: ['points'],
        predicate: ({ queryKey }) => (queryKey[2] as readonly string[] | undefined)?.includes(SLICE) === true,
      });
    }
    before.current = text;
  }, [text, client]);
}
