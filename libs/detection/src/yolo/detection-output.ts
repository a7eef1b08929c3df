import { boxesFromEdges, shareBoxes } from '../boxes.js';
import { headInvalid } from '../detection.errors.js';
import type { Size } from '../letterbox.js';
import { type Predictions, selectPredictions } from '../objects.js';
import { type SuppressionOptions, suppressNonMaxima } from '../suppression.js';
import { decodeCellGrid } from './cell-grid.js';
import { type DecodeOptions, DEFAULT_SCORE_THRESHOLD } from './head.js';
import { decodeExportedBoxes } from './exported-boxes.js';

/**
 * Forms in which a network gives objects.
 * - `grid`: logits [rows, columns, 5 + classes], see `decodeCellGrid`
 * - `v5`: [boxes, 5 + classes], center, size, objectness, probabilities of classes
 * - `v8`: [4 + classes, boxes], the same without objectness, a box a column
 * - `rows`: [boxes, 4 + classes], as `v8`, a box a row
 * - `corners`: [boxes, 6], left, top, right, bottom, score, class
 */
export type DetectionForm = 'grid' | 'v5' | 'v8' | 'rows' | 'corners';

/** How the numbers of one picture are read. */
export interface DetectionOutput {
  readonly form: DetectionForm;
  /** Shape of the numbers of one picture. */
  readonly dims: readonly number[];
  readonly classCount: number;
  /** Size of the network's input, whose pixels positions are in; a grid needs none. */
  readonly input?: Size | undefined;
}

/**
 * Returns the form of an output by its shape and the number of classes, the first that fits in the order of
 * `DetectionForm`; undefined for an output that gives no objects.
 */
export function findDetectionForm(dims: readonly number[], classCount: number): DetectionForm | undefined {
  if (dims.length === 3) return dims[2] === 5 + classCount ? 'grid' : undefined;
  if (dims.length !== 2) return undefined;
  const [rows, columns] = dims as [number, number];
  if (columns === 5 + classCount) return 'v5';
  if (rows === 4 + classCount) return 'v8';
  if (columns === 4 + classCount) return 'rows';
  return columns === 6 ? 'corners' : undefined;
}

/**
 * Returns the objects of one picture as shares of it, by descending score, after non-maximum suppression by class.
 * Throws `invalid` HEAD_INVALID, OPTION_INVALID, BOXES_INVALID.
 */
export function decodeDetections(
  output: DetectionOutput,
  data: Float32Array,
  {
    scoreThreshold = DEFAULT_SCORE_THRESHOLD,
    picture = 0,
    ...suppression
  }: DecodeOptions & Pick<SuppressionOptions, 'iouThreshold' | 'maxPerPicture'> = {},
): Predictions {
  const all = decode(output, data, { scoreThreshold, picture });
  return selectPredictions(all, suppressNonMaxima(all, suppression));
}

function decode(output: DetectionOutput, data: Float32Array, options: Required<DecodeOptions>): Predictions {
  const { form, dims, classCount, input } = output;
  if (form === 'grid') {
    const [rows, columns] = dims as [number, number, number];
    return decodeCellGrid({ rows, columns, classCount }, data, options);
  }
  if (input === undefined)
    throw headInvalid('positions are in pixels of the input, and its size is not known; name a grid instead');
  const exported = (version: 'v5' | 'v8', values: Float32Array): Predictions =>
    decodeExportedBoxes({ data: values, version, classCount }, options);
  const inPixels =
    form === 'corners'
      ? decodeCorners(data, classCount, options)
      : form === 'rows'
        ? exported('v8', transpose(data, dims as [number, number]))
        : exported(form, data);
  return { ...inPixels, boxes: shareBoxes(inPixels.boxes, input) };
}

/** Rows of which the class is no class, such as the −1 of padding, are left out. */
function decodeCorners(
  data: Float32Array,
  classCount: number,
  { scoreThreshold, picture }: Required<DecodeOptions>,
): Predictions {
  const kept: number[] = [];
  for (let at = 0; at < data.length; at += 6) {
    const score = data[at + 4]!;
    const classIndex = data[at + 5]!;
    if (Number.isNaN(score)) throw headInvalid('a score is not a number; check the output of the network');
    const isClass = Number.isInteger(classIndex) && classIndex >= 0 && classIndex < classCount;
    if (isClass && score >= scoreThreshold) kept.push(at);
  }
  return {
    boxes: boxesFromEdges(
      kept.flatMap((at) => {
        const [left, top, right, bottom] = data.subarray(at, at + 4) as unknown as number[];
        return [left!, top!, Math.max(left!, right!), Math.max(top!, bottom!)];
      }),
    ),
    picture: new Int32Array(kept.length).fill(picture),
    classIndex: Int32Array.from(kept, (at) => data[at + 5]!),
    score: Float64Array.from(kept, (at) => data[at + 4]!),
  };
}

function transpose(data: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column]!;
  return turned;
}
