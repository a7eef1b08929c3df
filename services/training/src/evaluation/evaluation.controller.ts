import { Inject } from '@nestjs/common';
import { parseSplit } from '@noema/contracts';
import {
  type CompareEvaluationsRequest,
  EvaluationService as Service,
  type GetSampleEvaluationRequest,
  type GetSampleHistoryRequest,
  type ListSampleEvaluationsRequest,
} from '@noema/contracts/noema/training/v1/evaluation_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { evaluationMessage, sampleEpochMessage, summaryMessage } from './evaluation.mapper.js';
import { EvaluationService } from './evaluation.service.js';

/** Serves noema.training.v1.EvaluationService. */
@GrpcService(Service)
export class EvaluationController implements Handlers<typeof Service> {
  constructor(@Inject(EvaluationService) private readonly evaluations: EvaluationService) {}

  async getSampleEvaluation(
    { runId, split, ...request }: GetSampleEvaluationRequest,
    { principal }: CallContext,
  ) {
    return {
      evaluation: evaluationMessage(
        await this.evaluations.get(principal.teamId, runId, { ...request, split: parseSplit(split) }),
      ),
    };
  }

  async listSampleEvaluations(
    { runId, epoch, output, includeBitmap, ...query }: ListSampleEvaluationsRequest,
    { principal, signal }: CallContext,
  ) {
    const { items, nextPageToken, totalSize, bitmap } = await this.evaluations.list(
      principal.teamId,
      runId,
      { epoch, output },
      query,
      signal,
    );
    return {
      evaluations: items.map(evaluationMessage),
      nextPageToken,
      totalSize,
      ...(includeBitmap && { bitmap }),
    };
  }

  async getSampleHistory(
    { runId, split, sampleId, output }: GetSampleHistoryRequest,
    { principal, signal }: CallContext,
  ) {
    const { epochs, classNames, ...facts } = await this.evaluations.history(
      principal.teamId,
      runId,
      { split: parseSplit(split), sampleId, output },
      signal,
    );
    return {
      ...facts,
      forgottenEpochs: [...facts.forgottenEpochs],
      epochs: epochs.map((epoch) => sampleEpochMessage(epoch, classNames)),
    };
  }

  async compareEvaluations(
    { runId, epoch, output, selection }: CompareEvaluationsRequest,
    { principal }: CallContext,
  ) {
    const { selected, rest, classNames } = await this.evaluations.compare(
      principal.teamId,
      runId,
      { epoch, output },
      selection,
    );
    return { selected: summaryMessage(selected), rest: summaryMessage(rest), classNames: [...classNames] };
  }
}
