import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PointScope } from '../points/point-cache.js';
import type { NamedVersions } from './load-versions.js';
import type { VersionChoice } from './version-choice.js';

/** The versions that the map compares, and how far they have loaded. */
export type Versions =
  | { readonly state: 'off' | 'choose' | 'loading' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'failed'; readonly error: Error; readonly retry: () => void }
  | ({
      readonly state: 'ready';
      /** Whether these are the versions before, until the chosen ones have loaded. */
      readonly isStale: boolean;
    } & NamedVersions);

/** The version of the map, and another one that it is compared with, by an output; '' for the first one of each. */
export function useVersions(
  projectId: string,
  own: PointScope | undefined,
  { versus: choice, output }: { readonly versus: VersionChoice | undefined; readonly output: string },
): Versions {
  const client = useQueryClient();
  const {
    data,
    error,
    refetch,
    isPlaceholderData: isStale,
  } = useQuery({
    queryKey: ['versions', own?.explorationId, choice, output],
    enabled: own !== undefined && choice !== undefined && choice.runId !== '',
    queryFn: async () => {
      const { loadVersions } = await import('./load-versions.js');
      return loadVersions(client, { projectId, own: own!, choice: choice!, output });
    },
    // A refused pair may be possible by now; two versions never change.
    staleTime: ({ state }) => (state.data === undefined || 'refusal' in state.data ? 0 : Infinity),
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
  if (choice === undefined) return { state: 'off' };
  if (choice.runId === '') return { state: 'choose' };
  if (error !== null) return { state: 'failed', error, retry: () => void refetch() };
  // The versions before have no column of a map with placed samples, nor does a refusal before apply.
  if (data === undefined || (isStale && ('refusal' in data || own?.placed !== undefined)))
    return { state: 'loading' };
  return 'refusal' in data
    ? { state: 'refused', reason: data.refusal }
    : { state: 'ready', isStale, ...data };
}
