import { type TensorProto, TensorProto_DataLocation } from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';
import { arrayTypeOf, type DataType, dataTypeOf, type TypedArray } from './data-type.js';
import { elementCount, type TensorData } from './tensor.js';

/**
 * Decodes one tensor; `where` names it in errors. Throws `unsupported` for external data, `invalid`
 * ONNX_INVALID if its bytes do not match its shape.
 */
export function decodeTensor(proto: TensorProto, where: string): TensorData {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new DomainError(
      'unsupported',
      'ONNX_EXTERNAL_DATA',
      `${where} keeps its data in another file; save the model as one file`,
    );
  }
  const dataType = dataTypeOf(proto.dataType, where);
  const dims = proto.dims.map(Number);
  const count = elementCount(dims);
  const data = proto.rawData.length > 0 ? fromRaw(proto.rawData, dataType) : fromFields(proto, dataType);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || data?.length !== count) {
    throw new DomainError(
      'invalid',
      'ONNX_INVALID',
      `${where} has shape [${dims.join(', ')}] but ${data?.length ?? 'a broken number of'} elements`,
    );
  }
  return { dataType, dims, data };
}

function fromRaw(raw: Uint8Array, dataType: DataType): TypedArray | undefined {
  const ArrayType = arrayTypeOf(dataType);
  if (raw.length % ArrayType.BYTES_PER_ELEMENT !== 0) return undefined;
  // A copy, because the bytes inside the message are not aligned. (A Buffer's slice would not be a copy.)
  return new ArrayType(new Uint8Array(raw).buffer, 0, raw.length / ArrayType.BYTES_PER_ELEMENT);
}

function fromFields(proto: TensorProto, dataType: DataType): TypedArray {
  switch (dataType) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data);
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number);
    default: {
      const data = new (arrayTypeOf(dataType))(proto.int32Data.length) as Int32Array;
      data.set(proto.int32Data);
      return data;
    }
  }
}
