import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { splitMessage, splitOf } from '@noema/contracts';
import { EvaluationService, type GetSampleEvaluationRequest, type ListSampleEvaluationsRequest } from '@noema/contracts/noema/training/v1/evaluation_service';
import type { SampleEvaluationSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import type { SampleEvaluation } from '../domain/evaluation.js';
import { EvaluationUseCases } from '../domain/evaluation.service.js';

/** Serves noema.training.v1.EvaluationService. */
@GrpcService(EvaluationService)
export class EvaluationController implements Handlers<typeof EvaluationService> {
  constructor(@Inject(EvaluationUseCases) private readonly evaluations: EvaluationUseCases) {}

  async getSampleEvaluation({ runId, epoch, split, sampleId }: GetSampleEvaluationRequest, { principal }: CallContext) {
    return { evaluation: evaluationMessage(await this.evaluations.get(principal.teamId, runId, { epoch, split: splitOf(split), sampleId })) };
  }

  async listSampleEvaluations({ runId, epoch, ...query }: ListSampleEvaluationsRequest, { principal }: CallContext) {
    const { items, nextPageToken, totalSize } = await this.evaluations.list(principal.teamId, runId, epoch, query);
    return { evaluations: items.map(evaluationMessage), nextPageToken, totalSize };
  }

  async getSampleHistory(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'GetSampleHistory is declared and not built yet');
  }

  async compareEvaluations(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'CompareEvaluations is declared and not built yet');
  }
}

const evaluationMessage = ({ split, sampleId, loss, probabilities, ...rest }: SampleEvaluation): MessageInitShape<typeof SampleEvaluationSchema> => ({
  ...rest, sample: { split: splitMessage(split), sampleId }, loss: loss ?? 0, hasLoss: loss !== undefined, probabilities: Array.from(probabilities),
});
