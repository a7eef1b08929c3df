import { IndexKind } from '@noema/contracts/noema/similarity/v1/index';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { asDomainError } from '@noema/kernel/domain-error';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { similarity } from '../../api/explaining-clients.js';
import { fixed } from '../../parts/numbers.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { type Weighting, weightingOf } from './weighting.js';

/** What is asked for. */
export interface SimilarQuery {
  readonly queries: readonly SampleAddress[];
  readonly k: number;
  readonly splits: readonly Split[];
  readonly filter: string;
  /** What makes samples alike, as `weightingText` writes it; empty for the set's own space. */
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
                k,
                splits: [...splits],
                filter,
                ...askedWeights(weightingOf(weighting)),
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

/**
 * What is said about how it was searched: `exact search: recall 1.00`; with own weights no index is asked.
 */
export function recallText(
  { indexKind, recall }: { readonly indexKind: IndexKind; readonly recall: number },
  isWeighted: boolean,
): string {
  return (
    `${isWeighted ? 'all samples measured, layer by layer' : INDEX_NAMES[indexKind]}: recall ` +
    `${fixed(recall)}`
  );
}

const INDEX_NAMES: Readonly<Record<IndexKind, string>> = {
  [IndexKind.UNSPECIFIED]: 'search',
  [IndexKind.EXACT]: 'exact search',
  [IndexKind.FAISS_FLAT]: 'exact search (FAISS flat)',
  [IndexKind.FAISS_HNSW]: 'approximate search (FAISS HNSW)',
};
