import { findDetectionForm, type Size, TRUTH_FIELDS } from '@noema/detection';
import type { TensorSpec } from '../model/model.js';
import type { KerasSpec, RunKind, RunObjective } from './run.js';
import { inputMisfit } from './run.errors.js';

/** Losses of boxes: of a grid of cells, and of boxes that the network decodes itself. */
const GRID_LOSS = 'yolo';
const DECODED_LOSS = 'lrp_error';

export interface DetectionQuery {
  readonly kind: RunKind;
  readonly output: TensorSpec;
  /** Ground truth of the output. */
  readonly truth: TensorSpec;
  readonly classNames: readonly string[];
  /** The requested loss; absent for the one that follows. */
  readonly loss: KerasSpec | undefined;
  /** Inputs of the model. */
  readonly inputs: readonly TensorSpec[];
}

/** True for ground truth in the form of `TRUTH_FIELDS` numbers for each of several objects. */
const holdsObjects = ({ dims }: TensorSpec): boolean => dims.length === 2 && dims[1] === TRUTH_FIELDS;

/**
 * Returns the objective of an output that gives objects, which follows from its shape, the classes and ground truth
 * of boxes; undefined for every other output. Throws `invalid` MODEL_DATASET_MISFIT where a loss of boxes was
 * requested and something does not fit, and for a training by boxes that the network decodes.
 */
export function planDetection({
  kind,
  output,
  truth,
  classNames,
  loss,
  inputs,
}: DetectionQuery): RunObjective | undefined {
  const isRequested = loss?.name === GRID_LOSS || loss?.name === DECODED_LOSS;
  if (loss !== undefined && !isRequested) return undefined;
  const refuse = (why: string): undefined => {
    if (isRequested) throw inputMisfit(`the loss ${loss.name} compares boxes: ${why}`);
    return undefined;
  };
  if (!holdsObjects(truth))
    return refuse(
      `it takes ground truth [objects, ${TRUTH_FIELDS}] (x, y, width, height as shares of the picture, class), ` +
        `the data's "${truth.name}" is [${truth.dims.join(', ')}]`,
    );
  if (classNames.length === 0) return refuse('the data name no classes; name the classes of objects');
  const form = findDetectionForm(output.dims, classNames.length);
  const c = classNames.length;
  if (form === undefined)
    return refuse(
      `output "${output.name}" gives [${output.dims.join(', ')}] for one sample; with ${c} classes it takes ` +
        `[rows, columns, ${5 + c}], [boxes, ${5 + c}], [${4 + c}, boxes], [boxes, ${4 + c}] or [boxes, 6]`,
    );
  const fitting = form === 'grid' ? GRID_LOSS : DECODED_LOSS;
  if (isRequested && loss.name !== fitting)
    return refuse(
      `output "${output.name}" gives [${output.dims.join(', ')}], which takes the loss ${fitting}`,
    );
  if (kind === 'train' && form !== 'grid')
    throw inputMisfit(
      `output "${output.name}" gives decoded boxes, which have no gradient; train a grid ` +
        `[rows, columns, ${5 + c}] with the loss ${GRID_LOSS}, or evaluate the model (kind EVALUATE)`,
    );
  const input = form === 'grid' ? undefined : pictureSize(inputs);
  if (form !== 'grid' && input === undefined)
    throw inputMisfit(
      `output "${output.name}" gives boxes in pixels, and no input of the model is a picture of three axes`,
    );
  return {
    output: output.name,
    task: 'detection',
    loss: loss ?? { name: fitting, config: {} },
    detection: { form, dims: output.dims, classCount: c, truthDims: truth.dims, ...(input && { input }) },
  };
}

/** Size of the first input with three axes, whose channels are the first or the last axis. */
function pictureSize(inputs: readonly TensorSpec[]): Size | undefined {
  const picture = inputs.find(({ dims }) => dims.length === 3);
  if (picture === undefined) return undefined;
  const [a, b, c] = picture.dims as [number, number, number];
  return c <= 4 ? { height: a, width: b } : { height: b, width: c };
}
