import { compareClassNames, DomainError, namesOneClass, type Task } from '@noema/kernel';
import type { DatasetVersionInfo } from '@noema/population';
import { matchColumns } from '@noema/population/rules';
import { planDetection } from './detection.objective.js';
import { checkClasses, pairByName, sameShape } from './fit.js';
import type { TensorSpec } from '../model/model.js';
import type { KerasSpec, RunKind, RunObjective } from './run.js';
import { classesReordered, describeOtherHead, inputMisfit } from './run.errors.js';

/** An output of a model, and what its last operator makes of it. */
export interface OutputInfo extends TensorSpec {
  readonly nonLinearity: 'softmax' | 'sigmoid' | undefined;
  /** False for an imported graph, whose probabilities may come from operators that are not recognised. */
  readonly isExact: boolean;
}

/** A loss by what it takes. */
export interface LossInfo {
  readonly key: string;
  readonly of: 'classes' | 'labels' | 'numbers' | 'boxes';
  targetDims(prediction: readonly number[]): readonly number[];
}

export interface ObjectiveQuery {
  readonly kind: RunKind;
  readonly outputs: readonly OutputInfo[];
  /** Inputs of the model, of which pictures say the unit of boxes. Default: none. */
  readonly inputs?: readonly TensorSpec[];
  readonly dataset: Pick<DatasetVersionInfo, 'groundTruths' | 'splits' | 'classNames' | 'scores'>;
  /** The requested loss, checked; absent for the one that follows. */
  readonly loss: KerasSpec | undefined;
  /** All losses that there are. */
  readonly losses: readonly LossInfo[];
}

export interface Objectives {
  readonly objectives: readonly RunObjective[];
  /** Why there is no loss; empty with one. */
  readonly noLossReason: string;
}

/** Name of the loss that the integration of the data computes. */
const INTEGRATION_LOSS = 'integration';

/** The first that fits is the default; squared error comes before the others of numbers. */
const PREFERENCE = [
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_crossentropy',
  'mean_squared_error',
  'mean_absolute_error',
  'huber',
];

/**
 * Task and loss of every output. Without a requested loss, an evaluation of data without ground truth, or of
 * a model that distinguishes other classes or names them otherwise, has no loss and says why. Throws
 * `invalid` MODEL_DATASET_MISFIT that names the losses that fit, MODEL_CLASSES_REORDERED for a file that has
 * the classes of the data in another order.
 */
export function planObjectives(question: ObjectiveQuery): Objectives {
  const {
    kind,
    outputs,
    dataset: { groundTruths, splits, classNames },
    loss,
  } = question;
  const labelled = splits.some(({ split, count }) => split !== 'unlabeled' && count > 0);
  const missing =
    groundTruths.length === 0
      ? 'the data have no ground truth'
      : labelled
        ? ''
        : 'no sample of the data has ground truth: all are in the split unlabeled';
  const isOptional = kind === 'evaluate' && loss === undefined;
  const without = (reason: string): Objectives => ({
    objectives: outputs.map((output) => ({ output: output.name, task: chooseTask(output), loss: undefined })),
    noLossReason: reason,
  });
  if (missing !== '') {
    if (isOptional) return without(missing);
    const advice =
      kind === 'train'
        ? 'train on; evaluate the model instead (kind EVALUATE)'
        : `compare with; leave out the loss ${loss!.name}`;
    throw inputMisfit(`${missing}, so there is nothing to ${advice}`);
  }
  const { name, classNames: own = [] } = outputs[0]!;
  const compared = compareClassNames(own, classNames);
  if (compared === 'reordered') throw classesReordered(name, { model: own, data: classNames });
  if (compared === 'different' && isOptional)
    return without(describeOtherHead(name, { model: own, data: classNames }));
  if (loss?.name === INTEGRATION_LOSS)
    return { objectives: [scoredObjective(question, loss)], noLossReason: '' };
  try {
    const detections = planDetections(question);
    if (detections[0] === undefined) checkClasses(outputs, classNames);
    const truths = pairByName('output', outputs, groundTruths);
    // Where one output gives a probability of each class, numbers of another one are no logits of the same classes.
    const isProbable = outputs.some(
      ({ nonLinearity, dims }) => nonLinearity !== undefined && dims.at(-1) === classNames.length,
    );
    const unnamed = { ...question, dataset: { ...question.dataset, classNames: [] } };
    return {
      objectives: outputs.map(
        (output, i) =>
          detections[i] ??
          toObjective(
            output,
            truths[i]!,
            isProbable && output.nonLinearity === undefined ? unnamed : question,
          ),
      ),
      noLossReason: '',
    };
  } catch (error) {
    if (
      !isOptional ||
      !(error instanceof DomainError) ||
      error.reason !== 'MODEL_DATASET_MISFIT' ||
      isLogits(outputs[0]!, classNames)
    )
      throw error;
    return without(error.message);
  }
}

/**
 * The objective of a model whose loss the integration of the data computes. Throws `invalid` MODEL_DATASET_MISFIT for
 * data whose integration declares none, and for a model with several outputs.
 */
function scoredObjective(
  { outputs, dataset: { groundTruths, classNames, scores } }: ObjectiveQuery,
  loss: KerasSpec,
): RunObjective {
  const [output, ...others] = outputs as [OutputInfo, ...OutputInfo[]];
  if (scores?.hasLoss !== true)
    throw inputMisfit(
      'the integration of the data declares no loss; name another loss, or declare one and ingest the data again',
    );
  if (others.length > 0)
    throw inputMisfit(
      `the loss of an integration takes one output, and the model has ${outputs.length}; name another loss`,
    );
  const truth = pairByName('output', [output], groundTruths)[0]!;
  const info = {
    of: 'numbers',
    key: INTEGRATION_LOSS,
    targetDims: (dims: readonly number[]) => dims,
  } as const;
  const task = chooseTask(output, info, classNames);
  const isClassNumber = namesOneClass(task) && truth.dims.every((size) => size === 1);
  return {
    output: output.name,
    task,
    loss,
    scored: {
      truthDims: truth.dims,
      isComparable: isClassNumber || sameShape(output.dims, truth.dims),
    },
  };
}

/** The objectives of outputs that give objects, by output; where names do not pair, none. */
function planDetections({
  kind,
  outputs,
  inputs = [],
  loss,
  dataset: { groundTruths, classNames },
}: ObjectiveQuery): (RunObjective | undefined)[] {
  const columns = matchColumns(
    outputs.map(({ name }) => name),
    groundTruths.map(({ name }) => name),
  );
  if (columns === undefined) return [];
  return outputs.map((output, i) => {
    const truth = groundTruths.find(({ name }) => name === columns[i])!;
    return planDetection({ kind, output, truth, classNames, loss, inputs });
  });
}

function toObjective(
  output: OutputInfo,
  truth: TensorSpec,
  { loss, losses, dataset: { classNames } }: ObjectiveQuery,
): RunObjective {
  const sized = losses.filter(
    (info) => info.of !== 'boxes' && sameShape(info.targetDims(output.dims), truth.dims),
  );
  const fitting = sized
    .filter((info) => takes(info, output))
    .sort((a, b) => PREFERENCE.indexOf(a.key) - PREFERENCE.indexOf(b.key))
    .map(({ key }) => key);
  const names = fitting.length === 0 ? 'no loss fits' : `losses that fit: ${fitting.join(', ')}`;
  const shapes = `the data's "${truth.name}" is [${truth.dims.join(', ')}]`;
  if (output.nonLinearity === 'softmax' && (output.dims.at(-1) ?? 1) === 1) {
    throw inputMisfit(
      `output "${output.name}" is a softmax over one unit, which is always 1; give it a sigmoid, or a ` +
        'unit for each class',
    );
  }
  if (loss === undefined) {
    if (fitting.length === 0)
      throw inputMisfit(
        `output "${output.name}" gives [${output.dims.join(', ')}] for one sample, ${shapes}; no loss fits`,
      );
    if (isLogits(output, classNames)) {
      throw inputMisfit(
        `output "${output.name}" has no softmax or sigmoid, and the data have ${classNames.length} ` +
          'classes; end the model with a softmax (of an imported file: import it with the output ' +
          `activation softmax), or name the loss; ${names}`,
      );
    }
    const of = saidBy(output);
    const info = losses.find(
      ({ key }) =>
        key === fitting.find((one) => losses.some((other) => other.key === one && other.of === of)),
    )!;
    return {
      output: output.name,
      task: chooseTask(output, info, classNames),
      loss: { name: info.key, config: {} },
    };
  }
  const info = losses.find(({ key }) => key === loss.name)!;
  if (!fitting.includes(loss.name)) {
    if (!sized.includes(info))
      throw inputMisfit(
        `output "${output.name}" with the loss ${loss.name} takes ` +
          `[${info.targetDims(output.dims).join(', ')}] for one sample, ${shapes}; ${names}`,
      );
    throw inputMisfit(
      `the loss ${loss.name} takes ${TAKES[info.of]}, and output "${output.name}" ` +
        `${output.nonLinearity === undefined ? 'has no softmax or sigmoid' : `is a ${output.nonLinearity}`}; ` +
        `${names}`,
    );
  }
  return { output: output.name, task: chooseTask(output, info, classNames), loss };
}

const TAKES = {
  classes: 'probabilities of classes, from a softmax',
  labels: 'probabilities of labels, from a sigmoid',
  boxes: 'boxes of objects',
  numbers: 'numbers',
};

/**
 * Losses of probabilities need an output that gives some; the crossentropy of classes scales the
 * probabilities of a sigmoid to sum to 1, as Keras does.
 */
function takes({ of }: LossInfo, { nonLinearity, dims, isExact }: OutputInfo): boolean {
  if (of === 'numbers' || (nonLinearity === undefined && !isExact)) return true;
  if (of === 'classes')
    return nonLinearity === 'softmax' || (nonLinearity === 'sigmoid' && dims.length === 1 && dims[0]! > 1);
  return nonLinearity === 'sigmoid';
}

/** One number for each class without a non-linearity behind it. */
const isLogits = ({ nonLinearity, dims }: OutputInfo, classNames: readonly string[]): boolean =>
  nonLinearity === undefined && classNames.length > 1 && dims.at(-1) === classNames.length;

/**
 * Derives the kind of an output from its non-linearity; that of an imported graph is not known for sure:
 * numbers, unless a loss says otherwise.
 */
const saidBy = ({ nonLinearity }: Pick<OutputInfo, 'nonLinearity'>): 'classes' | 'labels' | 'numbers' =>
  nonLinearity === undefined ? 'numbers' : nonLinearity === 'softmax' ? 'classes' : 'labels';

/** Task of an output; without a loss by its non-linearity alone. */
function chooseTask(
  { nonLinearity, dims }: OutputInfo,
  loss?: LossInfo,
  classNames: readonly string[] = [],
): Task {
  const said = saidBy({ nonLinearity });
  const isProbability = nonLinearity === 'softmax' || classNames.length > 0;
  const of = loss === undefined || (loss.of === 'numbers' && isProbability) ? said : loss.of;
  if (of === 'numbers') return 'regression';
  if (dims.length > 1) return 'per-pixel';
  if (of === 'classes') return 'multi-class';
  return (dims[0] ?? 1) === 1 ? 'binary' : 'multi-label';
}
