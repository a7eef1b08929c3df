import type { Method } from '@noema/contracts/noema/methods/v1/method';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { asDomainError } from '@noema/kernel/domain-error';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { similarity } from '../../api/explaining-clients.js';
import { fixed } from '../../parts/numbers.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { parseWeighting, type Weighting } from './weighting.js';

/** A query for similar samples. */
export interface SimilarQuery {
  readonly queries: readonly SampleAddress[];
  /** The number that the platform chooses unless given. */
  readonly k?: number | undefined;
  readonly splits: readonly Split[];
  readonly filter: string;
  /** The weighting of the similarity, as `weightingText` writes it; empty for the set's own space. */
  readonly weighting: string;
}

/**
 * The index of a set is built just after the set: a question that comes first is asked again for a minute.
 */
const PATIENCE = 30;
const AGAIN_MS = 2_000;
const isEarly = (error: unknown): boolean =>
  ['INDEX_NOT_READY', 'INDEX_NOT_FOUND'].includes(asDomainError(error).reason);

/** The samples nearest to the queries in a set; the answer before stays while the next is awaited. */
export const useSimilar = (
  activationSetId: string | undefined,
  { queries, k, splits, filter, weighting }: SimilarQuery,
) =>
  useQuery({
    queryKey: ['similar', activationSetId, queries, k, splits, filter, weighting],
    queryFn:
      activationSetId === undefined || queries.length === 0
        ? skipToken
        : ({ signal }) =>
            similarity.findSimilar(
              {
                activationSetId,
                queries: [...queries],
                ...(k !== undefined && { k }),
                splits: [...splits],
                filter,
                ...askedWeights(parseWeighting(weighting)),
              },
              { signal },
            ),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    retry: (failures, error) =>
      isEarly(error) ? failures < PATIENCE : asDomainError(error).kind === 'unavailable' && failures < 3,
    retryDelay: (failures, error) => (isEarly(error) ? AGAIN_MS : 500 * 2 ** failures),
  });

/** A weighting as the API takes it; nothing for the set's own space. */
function askedWeights(weighting: Weighting | undefined): {
  depth?: number;
  layerWeights?: { layer: string; weight: number }[];
} {
  if (weighting === undefined) return {};
  return 'depth' in weighting
    ? { depth: weighting.depth }
    : { layerWeights: Object.entries(weighting.weights).map(([layer, weight]) => ({ layer, weight })) };
}

/** Describes how the search was made: `exact search: recall 1.00`; with own weights no index is asked. */
export function recallText(
  { indexMethod, recall }: { readonly indexMethod: string; readonly recall: number },
  indexes: readonly Method[],
  isWeighted: boolean,
): string {
  const title = indexes.find(({ key }) => key === indexMethod)?.title ?? 'search';
  const how = isWeighted
    ? 'all samples measured, layer by layer'
    : `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
  return `${how}: recall ${fixed(recall)}`;
}
