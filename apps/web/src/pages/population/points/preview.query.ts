import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { skipToken, useQuery } from '@tanstack/react-query';
import { jobIsOpen } from '../../../parts/states.js';
import { readBytes } from '../../../api/streamed-bytes.js';
import type { Coordinates } from './preview-dots.js';

/**
 * The layout so far of a map that is being made, by row; that from before stays until the next has come, none
 * for a map that is made or has shown nothing yet.
 */
export function usePreview(map: Exploration | undefined): Coordinates | undefined {
  const preview = map !== undefined && jobIsOpen(map.state) ? map.preview : undefined;
  const { data } = useQuery({
    queryKey: ['preview', map?.id, preview?.uri],
    queryFn:
      map === undefined || preview === undefined
        ? skipToken
        : async ({ signal }) => {
            const [{ artifacts }, { readCoordinates }] = await Promise.all([
              import('../../../api/artifact-client.js'),
              import('./preview-coordinates.js'),
            ]);
            return readCoordinates(
              await readBytes(
                artifacts.readArtifact({ service: 'projection', uri: preview.uri }, { signal }),
              ),
              map.pointCount,
              map.dimensions === 3 ? 3 : 2,
            );
          },
    // One that was replaced during its request is not requested again: the next is on its way.
    retry: false,
    staleTime: Infinity,
    gcTime: 10_000,
    structuralSharing: false,
    placeholderData: (before, query) => (query?.queryKey[1] === map?.id ? before : undefined),
  });
  return preview === undefined ? undefined : data;
}
