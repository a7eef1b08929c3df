import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage, taskMessage } from '@noema/contracts';
import type {
  EvaluationSummarySchema,
  SampleEpochSchema,
} from '@noema/contracts/noema/training/v1/evaluation_summary';
import type { SampleEvaluationSchema } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { SampleEvaluation } from './evaluation.js';
import type { EvaluationSummary } from './evaluation.summary.js';
import type { PositionRegion } from './position-regions.js';
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

const regionMessage = ({ runs, ...region }: PositionRegion) => ({ ...region, runs: [...runs] });

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
  regions,
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
  ...(regions && {
    positionDims: [...regions.dims],
    predictedRegions: regions.predicted.map(regionMessage),
    trueRegions: regions.truths.map(regionMessage),
  }),
  ...(objects && { predictedObjects: [...objects.predicted], trueObjects: [...objects.truths] }),
});
