import { DomainError } from '@noema/kernel';

export type NumberArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
export type NestedNumbers = readonly (number | boolean | NestedNumbers)[];

/** Numbers with a shape, row-major. */
export interface ShapedNumbers {
  readonly data: NumberArray | readonly number[];
  readonly shape: readonly number[];
}

/**
 * Result of an encoder for one sample, without a batch dimension: a number, a typed array (one dimension),
 * nested arrays, or numbers with a shape.
 */
export type TensorLike = number | boolean | NumberArray | NestedNumbers | ShapedNumbers;

export type ElementType = 'float32' | 'uint8' | 'int32' | 'bool';

/** An encoded tensor: float32 numbers, row-major, with the type that the encoder returned. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  readonly type: ElementType;
}

/** Returns numbers with a shape. Throws `invalid` TENSOR_INVALID. */
export function tensor<T extends NumberArray | readonly number[]>(
  data: T,
  shape: readonly number[],
): { readonly data: T; readonly shape: readonly number[] } {
  checkShape(data.length, shape);
  return { data, shape };
}

/**
 * Returns `classes` zeros with a one at the label. `classes` may be the class names. Throws `invalid`
 * LABEL_OUTSIDE_CLASSES.
 */
export function oneHot(label: number, classes: number | readonly string[]): Float32Array {
  const count = typeof classes === 'number' ? classes : classes.length;
  if (!Number.isInteger(label) || label < 0 || label >= count) {
    throw new DomainError(
      'invalid',
      'LABEL_OUTSIDE_CLASSES',
      `the label ${label} is not one of the ${count} classes 0 to ${count - 1}`,
      { metadata: { label: String(label) } },
    );
  }
  const encoded = new Float32Array(count);
  encoded[label] = 1;
  return encoded;
}

/**
 * Converts an encoder's result to a tensor. Throws `invalid` TENSOR_INVALID if it is ragged, empty or not
 * numeric.
 */
export function toTensor(value: unknown): Tensor {
  if (typeof value === 'number') return { data: Float32Array.of(value), dims: [], type: 'float32' };
  if (typeof value === 'boolean') return { data: Float32Array.of(Number(value)), dims: [], type: 'bool' };
  if (isNumberArray(value)) return shaped(value, [value.length]);
  if (Array.isArray(value)) return nested(value as readonly unknown[]);
  if (isShaped(value)) return shaped(value.data, value.shape);
  throw invalid(
    `${describeType(value)} is no tensor; return a number, a typed array, nested arrays of numbers, or ` +
      'tensor(data, shape)',
  );
}

const invalid = (why: string): DomainError => new DomainError('invalid', 'TENSOR_INVALID', why);
const isNumberArray = (value: unknown): value is NumberArray =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView) &&
  !(value instanceof BigInt64Array) &&
  !(value instanceof BigUint64Array);
const isShaped = (value: unknown): value is ShapedNumbers =>
  typeof value === 'object' &&
  value !== null &&
  'data' in value &&
  'shape' in value &&
  Array.isArray(value.shape) &&
  (isNumberArray(value.data) || Array.isArray(value.data));
const describeType = (value: unknown): string =>
  value === null
    ? 'null'
    : value instanceof Promise
      ? 'a promise'
      : typeof value === 'object'
        ? `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'no fields'}`
        : typeof value === 'string'
          ? `the text "${value.slice(0, 40)}"`
          : typeof value;

function checkShape(length: number, shape: readonly number[]): void {
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.some((d) => !Number.isInteger(d) || d < 1) || size !== length)
    throw invalid(`${length} numbers do not fill the shape [${shape.join(', ')}], which has ${size}`);
}

function shaped(data: NumberArray | readonly number[], shape: readonly number[]): Tensor {
  checkShape(data.length, shape);
  const type =
    data instanceof Float32Array || data instanceof Float64Array || Array.isArray(data)
      ? 'float32'
      : data instanceof Uint8Array || data instanceof Uint8ClampedArray
        ? 'uint8'
        : 'int32';
  return { data: new Float32Array(data), dims: [...shape], type };
}

function nested(value: readonly unknown[]): Tensor {
  const dims: number[] = [];
  for (let at: unknown = value; Array.isArray(at); at = at[0] as unknown) dims.push(at.length);
  const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
  if (data.length === 0) throw invalid(`an array of the shape [${dims.join(', ')}] holds no number`);
  let next = 0;
  const fill = (at: unknown, depth: number): void => {
    if (depth === dims.length) {
      if (typeof at !== 'number' && typeof at !== 'boolean')
        throw invalid(
          `${describeType(at)} stands where a number should in an array of the shape [${dims.join(', ')}]`,
        );
      data[next++] = Number(at);
    } else if (!Array.isArray(at) || at.length !== dims[depth]) {
      throw invalid(
        `the nested array is ragged: ${Array.isArray(at) ? `${at.length} entries` : describeType(at)} where ` +
          `the first entry has ${dims[depth]}`,
      );
    } else for (const entry of at) fill(entry, depth + 1);
  };
  fill(value, 0);
  return { data, dims, type: 'float32' };
}
