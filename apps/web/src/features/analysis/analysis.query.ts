import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { analyses } from '../../api/explaining-clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../runs/run.query.js';
import type { SamplePlace } from '../sample/sample-address.state.js';
import { explains } from './targets.js';

/** The sample that is explained, and after which epoch. */
export interface ExplainedSample {
  readonly place: SamplePlace;
  readonly row: number;
  readonly epoch: number;
}

const toKey = ({ place, row, epoch }: ExplainedSample) => ['analyses', place.runId, epoch, row] as const;

/** All analyses of a sample after an epoch, newest first; requested again while one is being made. */
export const useAnalyses = (of: ExplainedSample) =>
  useQuery({
    queryKey: toKey(of),
    queryFn: ({ signal }): Promise<Analysis[]> =>
      allPages(
        (pageToken) =>
          analyses.listAnalyses(
            {
              projectId: of.place.projectId,
              runId: of.place.runId,
              filter: `epoch = ${of.epoch} AND row = ${of.row}`,
              pageSize: 50,
              pageToken,
            },
            { signal },
          ),
        (page) => page.analyses,
        200,
      ),
    staleTime: 30_000,
    refetchInterval: ({ state }) =>
      state.data?.some((analysis) => jobIsOpen(analysis.state)) === true ? MOVING_MS : false,
  });

/**
 * Classes, layer and methods of an explanation; an empty list means the predicted class and the label, or the
 * methods that are used by default, an empty layer the last with positions.
 */
export interface AnalysisRequest {
  readonly classes: number[];
  readonly layer: string;
  /** Keys of explainers. */
  readonly methods: string[];
}

/** Starts an analysis. */
export function useAnalyse(of: ExplainedSample) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (settings: AnalysisRequest) =>
      analyses.createAnalysis({
        projectId: of.place.projectId,
        runId: of.place.runId,
        epoch: of.epoch,
        sample: of.place.sample,
        settings: { ...settings, output: of.place.output },
      }),
    onSuccess: ({ analysis }) => {
      if (analysis !== undefined)
        client.setQueryData<Analysis[]>(toKey(of), (before) => [
          analysis,
          ...(before ?? []).filter(({ id }) => id !== analysis.id),
        ]);
      return client.invalidateQueries({ queryKey: toKey(of) });
    },
  });
}

/**
 * The analysis of an output to show: at the requested layer, with the requested class if there is one, a
 * ready one first, then the newest.
 */
export function chooseAnalysis(
  all: readonly Analysis[],
  layer: string,
  classIndex: number | undefined,
  output = '',
): Analysis | undefined {
  const at = all.filter(
    ({ settings }) => (layer === '' || settings?.layer === layer) && (settings?.output ?? '') === output,
  );
  const has = (analysis: Analysis): boolean => classIndex === undefined || explains(analysis, classIndex);
  const fit = at.filter(has).length > 0 ? at.filter(has) : at;
  return fit.find(({ state }) => state === JobState.SUCCEEDED) ?? fit[0];
}
