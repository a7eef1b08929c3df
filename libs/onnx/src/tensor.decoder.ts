import { type TensorProto, TensorProto_DataLocation } from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';
import { toArrayType, type DataType, parseDataType, type TypedArray } from './data-type.js';
import { elementCount, type TensorData } from './tensor.js';

/** Returns the bytes of a file that lies next to the model; `undefined` without such a file. */
export type ExternalFiles = (location: string) => Uint8Array | undefined;

/**
 * Decodes one tensor; `where` names it in errors. Throws `unsupported` ONNX_EXTERNAL_DATA for data in a file
 * that `external` does not have, `invalid` ONNX_INVALID if its bytes do not match its shape.
 */
export function decodeTensor(proto: TensorProto, where: string, external?: ExternalFiles): TensorData {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL || proto.externalData.length > 0)
    return decodeTensor({ ...proto, ...externalBytes(proto, where, external) }, where);
  const dataType = parseDataType(proto.dataType, where);
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

function externalBytes(
  { externalData, dataType, dims }: TensorProto,
  where: string,
  external: ExternalFiles | undefined,
): Pick<TensorProto, 'dataLocation' | 'externalData' | 'rawData'> {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const bytes = external?.(location);
  if (bytes === undefined)
    throw new DomainError(
      'unsupported',
      'ONNX_EXTERNAL_DATA',
      `${where} keeps its data in another file ("${location.slice(0, 100)}"); save the model as one file, or ` +
        'zip it with that file',
      { metadata: { location } },
    );
  const offset = Number(entries.get('offset') ?? 0);
  const size = toArrayType(parseDataType(dataType, where)).BYTES_PER_ELEMENT * elementCount(dims.map(Number));
  const length = Number(entries.get('length') ?? size);
  if (!Number.isSafeInteger(offset) || offset < 0 || length !== size || offset + length > bytes.length)
    throw new DomainError(
      'invalid',
      'ONNX_INVALID',
      `${where} needs ${size} bytes, and its entry names ${length} from ${offset} on of the ${bytes.length} ` +
        `of "${location.slice(0, 100)}"`,
    );
  return {
    dataLocation: TensorProto_DataLocation.DEFAULT,
    externalData: [],
    rawData: bytes.subarray(offset, offset + length),
  };
}

function fromRaw(raw: Uint8Array, dataType: DataType): TypedArray | undefined {
  const ArrayType = toArrayType(dataType);
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
      const data = new (toArrayType(dataType))(proto.int32Data.length) as Int32Array;
      data.set(proto.int32Data);
      return data;
    }
  }
}
