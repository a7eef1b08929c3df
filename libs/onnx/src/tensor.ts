import { DomainError } from '@noema/kernel';
import { toArrayType, type DataType, type TypedArray } from './data-type.js';

/** A constant tensor, row-major; `dims` is empty for a scalar. */
export interface TensorData {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

/** Returns the number of elements of a tensor with these dimensions. */
export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((product, dim) => product * dim, 1);

/** Creates a float32 tensor; one-dimensional unless dimensions are given. */
export function float32(
  values: Float32Array | readonly number[],
  dims: readonly number[] = [values.length],
): TensorData {
  return checked({
    dataType: 'float32',
    dims,
    data: values instanceof Float32Array ? values : Float32Array.from(values),
  });
}

/**
 * Creates an int64 tensor, ONNX's type of shapes, axes and indices; one-dimensional unless dimensions are
 * given.
 */
export function int64(values: readonly number[], dims: readonly number[] = [values.length]): TensorData {
  return checked({ dataType: 'int64', dims, data: BigInt64Array.from(values, BigInt) });
}

/**
 * Returns the tensor if its data have the array type and length of its type and dimensions. Throws `invalid`
 * TENSOR_INVALID.
 */
export function checked(tensor: TensorData): TensorData {
  const { dataType, dims, data } = tensor;
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0))
    throw invalid(`dimensions [${dims.join(', ')}] are not all whole numbers of 0 or more`);
  if (!(data instanceof toArrayType(dataType)))
    throw invalid(
      `${dataType} elements come in a ${data.constructor.name}; use ${toArrayType(dataType).name}`,
    );
  if (data.length !== elementCount(dims))
    throw invalid(
      `dimensions [${dims.join(', ')}] need ${elementCount(dims)} elements, ${data.length} are given`,
    );
  return tensor;
}

const invalid = (why: string): DomainError =>
  new DomainError('invalid', 'TENSOR_INVALID', `tensor is not consistent: ${why}`);

/** Returns the tensor's bytes, little-endian, without a copy. */
export const toBytes = ({ data }: TensorData): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
