import { useQuery } from '@tanstack/react-query';
import { slices } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';

/** The named slices of a dataset version, newest first. */
export const useSlices = (datasetVersionId: string) =>
  useQuery({
    queryKey: ['slices', datasetVersionId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => slices.listSlices({ datasetVersionId, pageSize: 200, pageToken }, { signal }),
        (page) => page.slices,
        1_000,
      ),
  });
