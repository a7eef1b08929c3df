import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { skipToken, useMutation, useQuery } from '@tanstack/react-query';
import { evaluations, samples } from '../../api/clients.js';
import { selectionAnalyses, units } from '../../api/explaining-clients.js';
import { jobs } from '../../api/work-clients.js';
import { jobIsOpen } from '../../parts/states.js';
import type { Subject } from './subject.js';

const FOR_GOOD = { staleTime: Infinity, gcTime: 60_000 };

/** Differences between the evaluations of the rows and the rest. */
export const useEvaluationDifference = (runId: string, epoch: number, { key, bitmap }: Subject) =>
  useQuery({
    queryKey: ['compareEvaluations', runId, epoch, key],
    ...FOR_GOOD,
    queryFn: ({ signal }) =>
      evaluations.compareEvaluations({ runId, epoch, selection: { bitmap } }, { signal }),
  });

/** Differences between the metadata of the rows and the rest. */
export const useMetadataDifference = (datasetVersionId: string, { key, bitmap }: Subject) =>
  useQuery({
    queryKey: ['compareMetadata', datasetVersionId, key],
    ...FOR_GOOD,
    queryFn: ({ signal }) => samples.compareMetadata({ datasetVersionId, selection: { bitmap } }, { signal }),
  });

/** Which units respond to the rows differently than to the rest. */
export const useUnitDifference = (activationSetId: string, { key, bitmap }: Subject, top: number) =>
  useQuery({
    queryKey: ['compareUnits', activationSetId, key, top],
    ...FOR_GOOD,
    queryFn: ({ signal }) =>
      units.compareUnits({ activationSetId, selection: { bitmap }, top }, { signal, timeoutMs: 60_000 }),
  });

/** The mean of the pictures of the rows. */
export const useMeanVisual = (datasetVersionId: string, { key, bitmap }: Subject, isPictured: boolean) =>
  useQuery({
    queryKey: ['meanVisual', datasetVersionId, key],
    ...FOR_GOOD,
    queryFn: !isPictured
      ? skipToken
      : async ({ signal }) => {
          const { body } = await samples.getMeanVisual(
            { datasetVersionId, visualizer: 'default', selection: { bitmap } },
            { signal, timeoutMs: 60_000 },
          );
          return new Blob([(body?.data ?? new Uint8Array()) as Uint8Array<ArrayBuffer>], {
            type: body?.contentType ?? 'image/png',
          });
        },
  });

/** Starts the mean heat maps of the rows; existing ones are available at once. */
export const useExplainSelection = (projectId: string, runId: string, epoch: number) =>
  useMutation({
    mutationFn: async ({ bitmap }: Subject) =>
      (await selectionAnalyses.createSelectionAnalysis({ projectId, runId, epoch, selection: { bitmap } }))
        .selectionAnalysis,
  });

/** A selection analysis, looked at until its job has ended. */
export const useSelectionAnalysis = (id: string | undefined) =>
  useQuery({
    queryKey: ['selectionAnalysis', id],
    queryFn:
      id === undefined
        ? skipToken
        : async ({ signal }) =>
            (await selectionAnalyses.getSelectionAnalysis({ selectionAnalysisId: id }, { signal }))
              .selectionAnalysis ?? null,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data === null || jobIsOpen(state.data.state) ? 800 : false,
  });

/** How far the job of a selection analysis is. */
export const useExplanationJob = (jobId: string | undefined, isOpen: boolean) =>
  useQuery({
    queryKey: ['job', 'explanations', jobId],
    queryFn:
      jobId === undefined || jobId === ''
        ? skipToken
        : async ({ signal }) =>
            (await jobs.getJob({ service: 'explanations', jobId }, { signal })).job ?? null,
    refetchInterval: isOpen ? 800 : false,
    enabled: isOpen,
  });

export const hasFailed = (state: JobState): boolean =>
  state === JobState.FAILED || state === JobState.CANCELLED;
