import { skipToken, useQuery } from '@tanstack/react-query';
import { datasets } from '../api/clients.js';

/** The dataset version of that id; one that is ready never changes. */
export const useDatasetVersion = (datasetVersionId: string | undefined) => useQuery({
  queryKey: ['datasetVersion', datasetVersionId],
  queryFn: datasetVersionId === undefined ? skipToken : ({ signal }) => datasets.getDatasetVersion({ datasetVersionId }, { signal }),
  staleTime: 600_000,
  select: ({ datasetVersion }) => datasetVersion,
});
