import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { splitMessage, splitOf, taskMessage } from '@noema/contracts';
import {
  type CompareEvaluationsRequest,
  EvaluationService,
  type GetSampleEvaluationRequest,
  type GetSampleHistoryRequest,
  type ListSampleEvaluationsRequest,
} from '@noema/contracts/noema/training/v1/evaluation_service';
import type {
  EvaluationSummarySchema,
  SampleEpochSchema,
} from '@noema/contracts/noema/training/v1/evaluation_summary';
import type { SampleEvaluationSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import type { SampleEvaluation } from './evaluation.js';
import type { EvaluationSummary } from './evaluation.summary.js';
import { EvaluationUseCases } from './evaluation.service.js';
import type { SampleEpoch } from './sample.history.js';

/** Serves noema.training.v1.EvaluationService. */
@GrpcService(EvaluationService)
export class EvaluationController implements Handlers<typeof EvaluationService> {
  constructor(@Inject(EvaluationUseCases) private readonly evaluations: EvaluationUseCases) {}

  async getSampleEvaluation(
    { runId, epoch, split, sampleId }: GetSampleEvaluationRequest,
    { principal }: CallContext,
  ) {
    return {
      evaluation: evaluationMessage(
        await this.evaluations.get(principal.teamId, runId, { epoch, split: splitOf(split), sampleId }),
      ),
    };
  }

  async listSampleEvaluations(
    { runId, epoch, ...query }: ListSampleEvaluationsRequest,
    { principal, signal }: CallContext,
  ) {
    const { items, nextPageToken, totalSize } = await this.evaluations.list(
      principal.teamId,
      runId,
      epoch,
      query,
      signal,
    );
    return { evaluations: items.map(evaluationMessage), nextPageToken, totalSize };
  }

  async getSampleHistory(
    { runId, split, sampleId }: GetSampleHistoryRequest,
    { principal, signal }: CallContext,
  ) {
    const { epochs, classNames, ...facts } = await this.evaluations.history(
      principal.teamId,
      runId,
      { split: splitOf(split), sampleId },
      signal,
    );
    return {
      ...facts,
      forgottenEpochs: [...facts.forgottenEpochs],
      epochs: epochs.map((epoch) => sampleEpochMessage(epoch, classNames)),
    };
  }

  async compareEvaluations(
    { runId, epoch, selection }: CompareEvaluationsRequest,
    { principal }: CallContext,
  ) {
    const { selected, rest, classNames } = await this.evaluations.compare(
      principal.teamId,
      runId,
      epoch,
      selection,
    );
    return { selected: summaryMessage(selected), rest: summaryMessage(rest), classNames: [...classNames] };
  }
}

const sampleEpochMessage = (
  { loss, prediction, pixelAccuracy, ...epoch }: SampleEpoch,
  classNames: readonly string[],
): MessageInitShape<typeof SampleEpochSchema> => ({
  ...epoch,
  loss: loss ?? 0,
  hasLoss: loss !== undefined,
  predictedClassName: classNames[epoch.predictedClass] ?? '',
  ...(prediction !== undefined && { prediction }),
  ...(pixelAccuracy !== undefined && { pixelAccuracy }),
});

const summaryMessage = ({
  losses,
  classes,
  confusion,
  ...facts
}: EvaluationSummary): MessageInitShape<typeof EvaluationSummarySchema> => ({
  ...facts,
  losses: [...losses],
  classes: [...classes],
  confusion: [...confusion],
});

const evaluationMessage = ({
  split,
  sampleId,
  loss,
  task,
  probabilities,
  predictions,
  targets,
  residual,
  pixelAccuracy,
  iou,
  ...rest
}: SampleEvaluation): MessageInitShape<typeof SampleEvaluationSchema> => ({
  ...rest,
  sample: { split: splitMessage(split), sampleId },
  loss: loss ?? 0,
  hasLoss: loss !== undefined,
  task: taskMessage(task),
  probabilities: Array.from(probabilities),
  predictions: Array.from(predictions),
  targets: Array.from(targets),
  ...(residual !== undefined && { residual }),
  ...(pixelAccuracy !== undefined && { pixelAccuracy }),
  ...(iou !== undefined && { iou }),
});
