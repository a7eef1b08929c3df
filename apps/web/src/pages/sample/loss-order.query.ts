import { create } from '@bufbuild/protobuf';
import { GetSampleEvaluationResponseSchema } from '@noema/contracts/noema/training/v1/evaluation_service';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations } from '../../api/clients.js';
import { after, before } from './loss-order.js';

/** Neighbors of a sample in the order of the loss, and how many there are on each side. */
export interface LossNeighbors {
  readonly previous: SampleEvaluation | undefined;
  readonly next: SampleEvaluation | undefined;
  readonly previousCount: number;
  readonly nextCount: number;
}

/** The samples just before and after in the order of the loss after an epoch. */
export const useLossNeighbors = (
  runId: string,
  epoch: number | undefined,
  evaluation: SampleEvaluation | undefined,
  output: string,
) =>
  useQuery({
    queryKey: ['lossNeighbors', runId, epoch, evaluation?.row, output],
    queryFn:
      epoch === undefined || evaluation === undefined
        ? skipToken
        : async ({ signal, client }): Promise<LossNeighbors> => {
            const [up, down] = await Promise.all(
              [before, after].map((side) =>
                evaluations.listSampleEvaluations(
                  { runId, epoch, output, pageSize: 1, ...side(evaluation) },
                  { signal },
                ),
              ),
            );
            for (const found of [up?.evaluations[0], down?.evaluations[0]]) {
              // Known already, so that a step shows at once.
              if (found?.sample !== undefined)
                client.setQueryData(
                  [
                    'sampleEvaluation',
                    runId,
                    epoch,
                    { split: found.sample.split, sampleId: found.sample.sampleId },
                    output,
                  ],
                  create(GetSampleEvaluationResponseSchema, { evaluation: found }),
                );
            }
            return {
              previous: up?.evaluations[0],
              next: down?.evaluations[0],
              previousCount: up?.totalSize ?? 0,
              nextCount: down?.totalSize ?? 0,
            };
          },
    staleTime: Infinity,
  });
