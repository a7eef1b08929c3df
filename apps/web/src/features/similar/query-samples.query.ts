import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { samples } from '../../api/clients.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** A requested sample: undefined while it loads, null when there is none. */
export type SampleMatch = Sample | null | undefined;

/** The samples of some addresses, in their order. */
export const useQuerySamples = (
  datasetVersionId: string,
  addresses: readonly SampleAddress[],
): SampleMatch[] =>
  useQueries({
    queries: addresses.map(({ split, sampleId }) => ({
      queryKey: ['sample', datasetVersionId, { split, sampleId }],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        samples.getSample({ datasetVersionId, split, sampleId }, { signal }),
      staleTime: Infinity,
    })),
    combine: found,
  });

const found = (results: UseQueryResult<{ sample?: Sample | undefined }>[]): SampleMatch[] =>
  results.map(({ data, isError }) => (isError ? null : data?.sample));
