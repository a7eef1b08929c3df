import { DomainError } from '@noema/kernel';
import { TensorProto_DataType } from '@noema/contracts/onnx/onnx';

/** Typed arrays of tensors: float16 and bfloat16 as their 16 bits, bool as one byte per element. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

interface ArrayConstructor {
  readonly name: string;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

const TABLE = {
  float32: [TensorProto_DataType.FLOAT, Float32Array],
  float64: [TensorProto_DataType.DOUBLE, Float64Array],
  int64: [TensorProto_DataType.INT64, BigInt64Array],
  int32: [TensorProto_DataType.INT32, Int32Array],
  int16: [TensorProto_DataType.INT16, Int16Array],
  int8: [TensorProto_DataType.INT8, Int8Array],
  uint64: [TensorProto_DataType.UINT64, BigUint64Array],
  uint32: [TensorProto_DataType.UINT32, Uint32Array],
  uint16: [TensorProto_DataType.UINT16, Uint16Array],
  uint8: [TensorProto_DataType.UINT8, Uint8Array],
  bool: [TensorProto_DataType.BOOL, Uint8Array],
  float16: [TensorProto_DataType.FLOAT16, Uint16Array],
  bfloat16: [TensorProto_DataType.BFLOAT16, Uint16Array],
} as const satisfies Record<string, readonly [TensorProto_DataType, ArrayConstructor]>;

/** The supported element types. */
export type DataType = keyof typeof TABLE;

/** Returns the type's number in ONNX (TensorProto.DataType). */
export const dataTypeCode = (dataType: DataType): TensorProto_DataType => TABLE[dataType][0];

/** Returns the typed array for elements of the type. */
export const toArrayType = (dataType: DataType): ArrayConstructor => TABLE[dataType][1];

const BY_CODE = new Map<number, DataType>(
  Object.entries(TABLE).map(([name, [code]]) => [code, name as DataType]),
);

/**
 * Returns the type with the given ONNX number. Throws `unsupported` ONNX_DATA_TYPE_UNSUPPORTED for strings,
 * complex numbers and 8-bit floats.
 */
export function parseDataType(code: number, where: string): DataType {
  const dataType = BY_CODE.get(code);
  if (dataType !== undefined) return dataType;
  const name = TensorProto_DataType[code] ?? String(code);
  throw new DomainError(
    'unsupported',
    'ONNX_DATA_TYPE_UNSUPPORTED',
    `${where} has elements of type ${name}; supported: ${Object.keys(TABLE).join(', ')}`,
  );
}
