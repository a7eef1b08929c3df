import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { datasets } from '../../api/clients.js';

export const versionQuery = (datasetVersionId: string | undefined) =>
  queryOptions({
    queryKey: ['datasetVersion', datasetVersionId],
    queryFn:
      datasetVersionId === undefined
        ? skipToken
        : ({ signal }) => datasets.getDatasetVersion({ datasetVersionId }, { signal }),
    staleTime: 600_000,
  });

/** The dataset version of that id; one that is ready never changes. */
export const useDatasetVersion = (datasetVersionId: string | undefined) =>
  useQuery({ ...versionQuery(datasetVersionId), select: ({ datasetVersion }) => datasetVersion });
