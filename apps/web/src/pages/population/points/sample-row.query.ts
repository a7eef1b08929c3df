import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations, samples } from '../../../api/clients.js';

/** Samples of some rows, in the order of the rows. */
export const useRows = (datasetVersionId: string, rows: readonly number[]) =>
  useQuery({
    queryKey: ['rows', datasetVersionId, rows],
    queryFn:
      rows.length === 0
        ? skipToken
        : async ({ signal }) => {
            const { samples: found } = await samples.listSamples(
              { datasetVersionId, rows: [...rows], pageSize: Math.min(1_000, rows.length) },
              { signal },
            );
            const byRow = new Map(found.map((sample) => [sample.row, sample]));
            return rows.flatMap((row) => byRow.get(row) ?? []);
          },
    staleTime: Infinity,
  });

/** The evaluation of one row after an epoch; null when it has no evaluation, and never for `undefined`. */
export const useRowEvaluation = (runId: string, epoch: number, row: number | undefined) =>
  useQuery({
    queryKey: ['rowEvaluation', runId, epoch, row],
    queryFn:
      row === undefined
        ? skipToken
        : async ({ signal }) =>
            (await evaluations.listSampleEvaluations({ runId, epoch, rows: [row], pageSize: 1 }, { signal }))
              .evaluations[0] ?? null,
    staleTime: Infinity,
  });
