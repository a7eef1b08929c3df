import { DomainError } from '@noema/kernel';
import type { MetadataValue, Predictions } from './integration.js';
import type { EncodedSpec } from './sample-spec.js';
import type { Tensor } from './tensor.js';

const invalid = (reason: string, message: string): DomainError => new DomainError('invalid', reason, message);
/** Maximum number of characters of a metadata text. */
const MAX_TEXT = 65_536;
const formatShape = (dims: readonly number[]): string => `[${dims.join(', ')}]`;

/**
 * Throws `invalid` NOT_FINITE if a number is NaN or infinite, `invalid` SHAPE_CHANGED if the shape differs
 * from earlier samples.
 */
export function checkTensor(tensor: Tensor, expected: EncodedSpec | undefined): Tensor {
  const at = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (at !== -1)
    throw invalid(
      'NOT_FINITE',
      `number ${at} of ${formatShape(tensor.dims)} is ${tensor.data[at]}; replace or leave out such values`,
    );
  if (
    expected !== undefined &&
    (expected.dims.length !== tensor.dims.length || expected.dims.some((d, i) => d !== tensor.dims[i]))
  ) {
    throw invalid(
      'SHAPE_CHANGED',
      `the shape is ${formatShape(tensor.dims)}, but ${formatShape(expected.dims)} at the first sample; all ` +
        'samples must have one shape',
    );
  }
  return tensor;
}

/**
 * Returns the class of a ground truth: a class index, or a distribution over the classes; −1 for masks and
 * for `multiLabel`, where a sample has several. Throws `invalid` LABEL_OUTSIDE_CLASSES.
 */
export function readClass(
  { data, dims }: Tensor,
  { labels: { length: classes }, multiLabel = false }: Predictions,
): number {
  const outside = (why: string, also = ''): DomainError =>
    invalid(
      'LABEL_OUTSIDE_CLASSES',
      `${why}; there are ${classes} class names, so give a whole number from 0 to ${classes - 1} or ` +
        `oneHot(label, ${classes})${also}`,
    );
  if (multiLabel) return requireLabels(data, dims, classes);
  if (data.length === 1) {
    const label = data[0]!;
    if (classes === 1 && label === 1) return 0; // oneHot of the only class
    if (!Number.isInteger(label) || label < 0 || label >= classes) throw outside(`the label is ${label}`);
    return label;
  }
  if (dims.length > 1) return -1;
  if (data.length !== classes) throw outside(`the label has ${data.length} numbers`);
  const sum = data.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) > 1e-3 || data.some((value) => value < 0)) {
    throw outside(
      `the numbers of the label sum to ${sum}`,
      '; for several classes a sample, or none, set predictions.multiLabel to true',
    );
  }
  return data.indexOf(Math.max(...data));
}

/**
 * Validates several labels per sample: one number from 0 to 1 for each class. The sample then has no single
 * class.
 */
function requireLabels(data: Float32Array, dims: readonly number[], classes: number): -1 {
  if (dims.length > 1) return -1;
  const odd = data.findIndex((value) => value < 0 || value > 1);
  if (data.length === classes && odd === -1) return -1;
  const why =
    odd === -1 ? `the label has ${data.length} numbers` : `number ${odd} of the label is ${data[odd]}`;
  throw invalid(
    'LABEL_OUTSIDE_CLASSES',
    `${why}; there are ${classes} class names and several may be true, so give ${classes} numbers from ` +
      '0 to 1',
  );
}

/**
 * Returns the values of a metadata handler by column. Unknown values are null. Throws `invalid`
 * METADATA_INVALID.
 */
export function metadataCells(name: string, value: unknown): [string, string | number | boolean | null][] {
  if (typeof value !== 'object' || value === null) return [[name, toCell(name, value)]];
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    throw invalid(
      'METADATA_INVALID',
      `"${name}" is a list; return a number, a text, true or false, or an object of these`,
    );
  return Object.entries(value).map(([key, cell]) => [`${name}.${key}`, toCell(`${name}.${key}`, cell)]);
}

function toCell(column: string, value: unknown): string | number | boolean | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === 'string') return storable(column, value);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value satisfies MetadataValue;
  throw invalid(
    'METADATA_INVALID',
    `"${column}" is ${typeof value === 'number' ? value : `of the type ${typeof value}`}; return a ` +
      'finite number, a text, true, false, or null when it is not known',
  );
}

/** Whether `metadataCells` takes a value. */
export const isStorable = (value: MetadataValue): boolean =>
  typeof value === 'string'
    ? value.length <= MAX_TEXT && !UNSTORABLE.test(value)
    : typeof value !== 'number' || Number.isFinite(value);

const UNSTORABLE = /[\0\p{Cs}]/u;

/** Rejects text that Postgres or Parquet cannot store unchanged: NUL, and lone surrogates. */
function storable(column: string, text: string): string {
  if (text.length > MAX_TEXT)
    throw invalid(
      'METADATA_INVALID',
      `"${column}" has ${text.length} characters; keep at most ${MAX_TEXT}, and long texts in a visualizer`,
    );
  if (UNSTORABLE.test(text))
    throw invalid(
      'METADATA_INVALID',
      `"${column}" is ${JSON.stringify(text.slice(0, 80))}, which has the character NUL or half of a ` +
        'surrogate pair in it; remove it',
    );
  return text;
}
