import { DomainError } from '@noema/kernel';
import type { NumberArray } from '@noema/integration';

/** An array of numbers or texts, row-major; the first size counts the samples. */
export interface LoadedArray {
  readonly shape: readonly number[];
  readonly data: NumberArray | readonly string[];
  readonly whole: boolean;
}

const MAGIC = '\x93NUMPY';
type Read = (view: DataView, at: number, isLittle: boolean) => number;

/** Readers of one element by NumPy's type: kind and bytes. */
const ELEMENTS: Readonly<Record<string, readonly [new (length: number) => NumberArray, Read]>> = {
  b1: [Uint8Array, (view, at) => view.getUint8(at)],
  u1: [Uint8Array, (view, at) => view.getUint8(at)],
  i1: [Int8Array, (view, at) => view.getInt8(at)],
  u2: [Uint16Array, (view, at, isLittle) => view.getUint16(at, isLittle)],
  i2: [Int16Array, (view, at, isLittle) => view.getInt16(at, isLittle)],
  u4: [Uint32Array, (view, at, isLittle) => view.getUint32(at, isLittle)],
  i4: [Int32Array, (view, at, isLittle) => view.getInt32(at, isLittle)],
  u8: [Float64Array, (view, at, isLittle) => Number(view.getBigUint64(at, isLittle))],
  i8: [Float64Array, (view, at, isLittle) => Number(view.getBigInt64(at, isLittle))],
  f2: [Float32Array, (view, at, isLittle) => fromHalf(view.getUint16(at, isLittle))],
  f4: [Float32Array, (view, at, isLittle) => view.getFloat32(at, isLittle)],
  f8: [Float64Array, (view, at, isLittle) => view.getFloat64(at, isLittle)],
};

/**
 * Reads the NPY format, versions 1 to 3 (numpy.lib.format), in row-major order.
 * Objects are pickles and are never read. Throws `invalid` ARRAY_INVALID or `unsupported` ARRAY_UNSUPPORTED.
 */
export function readNpy(bytes: Uint8Array, name: string): LoadedArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== MAGIC)
    throw arrayInvalid(name, 'does not begin as an NPY file');
  const wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10;
  const headerBytes = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + headerBytes > bytes.length) throw arrayInvalid(name, 'is cut off in its header');
  const header = Buffer.from(bytes.subarray(start, start + headerBytes)).toString('utf8');
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  if (descr === undefined || sizes === undefined || fortran === undefined)
    throw unsupported(name, `has the header ${header.trim().slice(0, 200)}`);
  const shape = sizes
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw arrayInvalid(name, `has the shape (${sizes})`);
  if (fortran === 'True' && shape.length > 1)
    throw unsupported(name, 'is in column-major order; save numpy.ascontiguousarray(array)');
  const [, order = '', kind = '', digits = ''] = /^([<>|=])([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  if (kind === 'O')
    throw unsupported(
      name,
      'holds Python objects, which are a pickle and are never opened; save numbers or texts',
    );
  const count = shape.reduce((a, b) => a * b, 1);
  const width = kind === 'U' ? 4 * Number(digits) : Number(digits);
  const data = bytes.subarray(start + headerBytes);
  if (data.length < count * width)
    throw arrayInvalid(
      name,
      `is cut off: ${count} elements of ${width} bytes need ${count * width} bytes, it has ${data.length}`,
    );
  if (kind === 'U' && order !== '>')
    return { shape, whole: false, data: texts(data, count, Number(digits), 'utf32') };
  if (kind === 'S') return { shape, whole: false, data: texts(data, count, Number(digits), 'latin1') };
  const element = ELEMENTS[`${kind}${digits}`];
  if (element === undefined)
    throw unsupported(
      name,
      `has elements of the type ${descr}; known: ${Object.keys(ELEMENTS).join(', ')}, U, S`,
    );
  const [Kind, read] = element;
  const numbers = new Kind(count);
  const at = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < count; i++) numbers[i] = read(at, i * width, order !== '>');
  return { shape, data: numbers, whole: kind !== 'f' };
}

function texts(data: Uint8Array, count: number, characters: number, form: 'utf32' | 'latin1'): string[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, i) => {
    if (form === 'latin1')
      return Buffer.from(data.subarray(i * characters, (i + 1) * characters))
        .toString('latin1')
        .replace(/\0+$/, '');
    let text = '';
    for (let c = 0; c < characters; c++) {
      const point = view.getUint32(4 * (i * characters + c), true);
      if (point === 0) break;
      text += String.fromCodePoint(Math.min(point, 0x10ffff));
    }
    return text;
  });
}

/** A number of 16 bits by IEEE 754. */
function fromHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

export const arrayInvalid = (name: string, why: string): DomainError =>
  new DomainError('invalid', 'ARRAY_INVALID', `${name} ${why}`, { metadata: { path: name } });
const unsupported = (name: string, why: string): DomainError =>
  new DomainError('unsupported', 'ARRAY_UNSUPPORTED', `${name} ${why}`, { metadata: { path: name } });
