import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { skipToken, useQueries, useQuery } from '@tanstack/react-query';
import { models } from '../../api/making-clients.js';

const statistics = (modelVersionId: string) => ({
  queryKey: ['weight-statistics', modelVersionId],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<WeightStatistics[]> =>
    (await models.listWeightStatistics({ modelVersionId }, { signal })).weights,
  staleTime: Infinity,
  retry: false,
});

/** The distribution of each weight of a model version. */
export function useWeightStatistics(modelVersionId: string | undefined) {
  const { queryKey, queryFn, ...rest } = statistics(modelVersionId ?? '');
  return useQuery({ ...rest, queryKey, queryFn: modelVersionId === undefined ? skipToken : queryFn });
}

/** The distributions of several versions in their order; undefined while one loads. */
export const useStatisticsByVersion = (
  modelVersionIds: readonly string[],
): readonly (readonly WeightStatistics[] | undefined)[] =>
  useQueries({ queries: modelVersionIds.map(statistics), combine: allData });

const allData = (results: readonly { readonly data?: WeightStatistics[] | undefined }[]) =>
  results.map(({ data }) => data);

/** Limits of a model version. */
export const useModelLimits = (modelVersionId: string | undefined) =>
  useQuery({
    queryKey: ['model-limits', modelVersionId],
    queryFn:
      modelVersionId === undefined
        ? skipToken
        : async ({ signal }) => (await models.listModelLimits({ modelVersionId }, { signal })).limits,
    staleTime: Infinity,
  });
