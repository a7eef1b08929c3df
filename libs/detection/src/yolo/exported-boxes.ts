import { checkCount, checkShare, headInvalid } from '../detection.errors.js';
import type { Predictions } from '../objects.js';
import { DecodedBoxes, findBestClass } from './decoded-boxes.js';
import { type DecodeOptions, DEFAULT_SCORE_THRESHOLD } from './head.js';

/** The output of a network that was exported with its decoder, as Ultralytics does. */
export interface ExportedBoxes {
  /**
   * `v5`: [boxes, 5 + classes]: center x and y, width, height, objectness, probabilities of classes.
   * `v8`: [4 + classes, boxes]: the same without objectness, a box a column.
   * Row-major; positions in pixels of the input.
   */
  readonly data: Float32Array | Float64Array;
  readonly version: 'v5' | 'v8';
  readonly classCount: number;
}

/**
 * Returns the boxes of an exported network in pixels of the input, each with its best class. Boxes overlap until
 * non-maximum suppression is applied. Throws `invalid` HEAD_INVALID, OPTION_INVALID, BOXES_INVALID.
 */
export function decodeExportedBoxes(
  { data, version, classCount }: ExportedBoxes,
  { scoreThreshold = DEFAULT_SCORE_THRESHOLD, picture = 0 }: DecodeOptions = {},
): Predictions {
  checkShare('scoreThreshold', scoreThreshold);
  checkCount('classCount', classCount);
  const first = version === 'v5' ? 5 : 4;
  const fields = first + classCount;
  if (data.length % fields !== 0)
    throw headInvalid(
      `the output has ${data.length} numbers, not a multiple of ${fields} (${first} and ${classCount} classes); ` +
        'check the number of classes and the version',
    );
  const n = data.length / fields;
  const decoded = new DecodedBoxes(picture, scoreThreshold);
  for (let i = 0; i < n; i++) {
    const field = (name: number): number =>
      version === 'v5' ? data[i * fields + name]! : data[name * n + i]!;
    const best = findBestClass(classCount, (classIndex) => field(first + classIndex));
    const score = version === 'v5' ? field(4) * best.score : best.score;
    if (decoded.accepts(score)) decoded.add([field(0), field(1), field(2), field(3)], { ...best, score });
  }
  return decoded.toPredictions();
}
