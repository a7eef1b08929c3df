import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage, taskMessage } from '@noema/contracts';
import type {
  EvaluationSummarySchema,
  SampleEpochSchema,
} from '@noema/contracts/noema/training/v1/evaluation_summary';
import type { SampleEvaluationSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { SampleEvaluation } from './evaluation.js';
import type { EvaluationSummary } from './evaluation.summary.js';
import type { SampleEpoch } from './sample.history.js';

export const sampleEpochMessage = (
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

export const summaryMessage = ({
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

export const evaluationMessage = ({
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
  objects,
  metrics,
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
  metrics: [...metrics],
  ...(objects && { predictedObjects: [...objects.predicted], trueObjects: [...objects.truths] }),
});
