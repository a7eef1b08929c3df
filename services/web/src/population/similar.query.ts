import { skipToken, useQuery } from '@tanstack/react-query';
import { similarity } from '../api/clients.js';
import type { SampleAddress } from '../sample/sample-key.js';

/** The samples that the model sees as most alike the queries, nearest first. */
export const useSimilar = (activationSetId: string, queries: readonly SampleAddress[] | undefined, k: number) => useQuery({
  queryKey: ['similarInMap', activationSetId, queries, k],
  queryFn: queries === undefined || queries.length === 0 ? skipToken : ({ signal }) => similarity.findSimilar({ activationSetId, queries: queries.map(({ split, sampleId }) => ({ split, sampleId })), k }, { signal }),
  staleTime: Infinity,
});
