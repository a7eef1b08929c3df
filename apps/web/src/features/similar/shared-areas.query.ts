import type { SharedArea } from '@noema/contracts/noema/explanations/v1/similarity_analysis';
import { skipToken, useQuery } from '@tanstack/react-query';
import { similarityAnalyses } from '../../api/explaining-clients.js';
import { jobIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../runs/run.query.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** Most samples that one analysis compares with the query. */
export const MAX_SHARED = 100;

/** A query and the samples that it is compared with. */
export interface SharedAreaQuery {
  readonly projectId: string;
  readonly activationSetId: string;
  readonly query: SampleAddress;
  readonly samples: readonly SampleAddress[];
}

/**
 * Has the shared areas of a query and its similar samples made, or finds existing ones; the same question
 * always leads to the same analysis.
 */
export const useSharedAreas = (question: SharedAreaQuery | undefined) =>
  useQuery({
    queryKey: ['sharedAreas', question],
    queryFn:
      question === undefined || question.samples.length === 0
        ? skipToken
        : async ({ signal }) => {
            const { similarityAnalysis } = await similarityAnalyses.createSimilarityAnalysis(
              {
                ...question,
                samples: question.samples.slice(0, MAX_SHARED).map((sample) => ({ ...sample })),
              },
              { signal },
            );
            return similarityAnalysis;
          },
    staleTime: Infinity,
    refetchInterval: ({ state }) =>
      state.data !== undefined && jobIsOpen(state.data.state) ? MOVING_MS : false,
  });

/** Shared areas by the row of the similar sample. */
export const areasByRow = (areas: readonly SharedArea[]): ReadonlyMap<number, SharedArea> =>
  new Map(areas.map((area) => [area.row, area]));
