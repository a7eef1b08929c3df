import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { evaluations, samples } from '../../api/clients.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** A sample of a dataset version: row, metadata, class. */
export const useSample = (datasetVersionId: string | undefined, sample: SampleAddress) =>
  useQuery({
    queryKey: ['sample', datasetVersionId, sample],
    queryFn:
      datasetVersionId === undefined
        ? skipToken
        : ({ signal }) => samples.getSample({ datasetVersionId, ...sample }, { signal }),
    staleTime: Infinity,
    select: (answer) => answer.sample,
  });

/** The evaluation of a sample after an epoch; an epoch that is done never changes. */
export const useSampleEvaluation = (
  runId: string,
  epoch: number | undefined,
  sample: SampleAddress,
  output = '',
) =>
  useQuery({
    queryKey: ['sampleEvaluation', runId, epoch, sample, output],
    queryFn:
      epoch === undefined
        ? skipToken
        : ({ signal }) => evaluations.getSampleEvaluation({ runId, epoch, output, ...sample }, { signal }),
    staleTime: Infinity,
    select: ({ evaluation }) => evaluation,
  });

/** How the evaluation of a sample went over the `done` epochs of a run. */
export const useSampleHistory = (runId: string, sample: SampleAddress, done: number, output = '') =>
  useQuery({
    queryKey: ['sampleHistory', runId, sample, done, output],
    queryFn:
      done === 0
        ? skipToken
        : ({ signal }) => evaluations.getSampleHistory({ runId, output, ...sample }, { signal }),
    staleTime: Infinity,
    placeholderData: (before, query) =>
      query?.queryKey[1] === runId && query.queryKey[2] === sample && query.queryKey[4] === output
        ? keepPreviousData(before)
        : undefined,
  });

/** The evaluations of several rows after an epoch, at most 1,000, by row. */
export const useRowEvaluations = (runId: string, epoch: number | undefined, rows: readonly number[]) =>
  useQuery({
    queryKey: ['rowEvaluations', runId, epoch, rows],
    queryFn:
      epoch === undefined || rows.length === 0
        ? skipToken
        : ({ signal }) =>
            evaluations.listSampleEvaluations(
              { runId, epoch, rows: [...rows], pageSize: 1_000, orderBy: 'row' },
              { signal },
            ),
    staleTime: Infinity,
    select: byRow,
  });

const byRow = (page: Awaited<ReturnType<typeof evaluations.listSampleEvaluations>>) =>
  new Map(page.evaluations.map((evaluation) => [evaluation.row, evaluation]));
