import { skipToken, useQuery } from '@tanstack/react-query';
import { analyses, similarityAnalyses } from '../../api/explaining-clients.js';
import { type HeatValues, readHeatValues } from './heat-values.js';

/** A finished heat map. */
export interface HeatMapPlace {
  readonly analysisId: string;
  readonly heatMapId: string;
  readonly dims: readonly number[];
  /** Whether it belongs to a sample analysis or to a similarity analysis. */
  readonly kind: 'analysis' | 'similarity';
}

/** The numbers of a heat map; they never change. */
export const useHeatValues = (place: HeatMapPlace | undefined) =>
  useQuery({
    queryKey: ['heatValues', place?.kind, place?.analysisId, place?.heatMapId],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }): Promise<HeatValues> => {
            const { analysisId, heatMapId, dims } = place;
            const { body } =
              place.kind === 'analysis'
                ? await analyses.getHeatMapValues({ analysisId, heatMapId }, { signal })
                : await similarityAnalyses.getSharedAreaValues(
                    { similarityAnalysisId: analysisId, heatMapId },
                    { signal },
                  );
            return readHeatValues(body?.data ?? new Uint8Array(), dims);
          },
    staleTime: Infinity,
  });
