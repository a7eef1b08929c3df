import { toArrayType, type DataType, type TypedArray } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

/** Encoding of one weight in its file. */
export interface WeightStorage {
  readonly bytesPerNumber: number;
  /** Type that `decode` returns. */
  readonly dataType: DataType;
  /** Decodes the numbers. The bytes start at offset 0 of their buffer. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>) => TypedArray;
}

const FLOAT16: WeightStorage = {
  bytesPerNumber: 2,
  dataType: 'float32',
  decode: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber),
};
/** Types that are stored unchanged. */
const PLAIN = new Map<unknown, DataType>([
  ['float32', 'float32'],
  ['int32', 'int32'],
  ['bool', 'bool'],
]);

/**
 * The storage of a weight of dtype `float32`, `int32` or `bool`, as `quantization` of its manifest describes it:
 * none, `float16`, or `uint8` and `uint16` with value = scale · number + min, as TF.js decodes them. Throws
 * `invalid` MODEL_FILE_INVALID for anything else.
 */
export function parseStorage(name: string, dtype: unknown, quantization: unknown): WeightStorage {
  const dataType = PLAIN.get(dtype);
  if (dataType === undefined)
    throw fileInvalid(
      `weight "${name}" is ${typeof dtype === 'string' ? dtype.slice(0, 50) : 'of no type'}; save it as float32`,
    );
  if (quantization === undefined) return plain(dataType);
  const { dtype: stored, scale, min } = (quantization ?? {}) as Readonly<Record<string, unknown>>;
  if (stored === 'float16' && dataType === 'float32') return FLOAT16;
  if ((stored !== 'uint8' && stored !== 'uint16') || dataType === 'bool')
    throw fileInvalid(
      `weight "${name}" is quantized as ${JSON.stringify(stored)}; known: uint8, uint16, float16`,
    );
  if (!isFinite(scale) || !isFinite(min))
    throw fileInvalid(
      `weight "${name}" is quantized with scale ${JSON.stringify(scale)} and min ` +
        `${JSON.stringify(min)}; both must be finite numbers`,
    );
  const decode = (numbers: Uint8Array | Uint16Array): TypedArray =>
    dataType === 'float32'
      ? Float32Array.from(numbers, (number) => number * scale + min)
      : Int32Array.from(numbers, (number) => Math.round(number * scale + min));
  return stored === 'uint8'
    ? { bytesPerNumber: 1, dataType, decode }
    : { bytesPerNumber: 2, dataType, decode: (bytes) => decode(new Uint16Array(bytes.buffer)) };
}

function plain(dataType: DataType): WeightStorage {
  const TypedNumbers = toArrayType(dataType);
  return {
    bytesPerNumber: TypedNumbers.BYTES_PER_ELEMENT,
    dataType,
    decode: (bytes) => new TypedNumbers(bytes.buffer, 0, bytes.byteLength / TypedNumbers.BYTES_PER_ELEMENT),
  };
}

const isFinite = (value: unknown): value is number => Number.isFinite(value);

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of fraction. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
