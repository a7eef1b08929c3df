import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { NumberArray } from '@noema/integration';
import { arrayInvalid, type LoadedArray } from './npy.js';

const unzip = promisify(gunzip);
const MAX_UNPACKED = 4 * 2 ** 30;
type Read = (view: DataView, at: number) => number;
const ELEMENTS: Readonly<Record<number, readonly [new (length: number) => NumberArray, number, Read]>> = {
  0x08: [Uint8Array, 1, (view, at) => view.getUint8(at)],
  0x09: [Int8Array, 1, (view, at) => view.getInt8(at)],
  0x0b: [Int16Array, 2, (view, at) => view.getInt16(at)],
  0x0c: [Int32Array, 4, (view, at) => view.getInt32(at)],
  0x0d: [Float32Array, 4, (view, at) => view.getFloat32(at)],
  0x0e: [Float64Array, 8, (view, at) => view.getFloat64(at)],
};

/**
 * Reads the IDX format of the MNIST files, big-endian, also packed by gzip (http://yann.lecun.com/exdb/mnist/).
 * Throws `invalid` ARRAY_INVALID.
 */
export async function readIdx(file: Buffer, name: string): Promise<LoadedArray> {
  const bytes =
    file[0] === 0x1f && file[1] === 0x8b
      ? await unzip(file, { maxOutputLength: MAX_UNPACKED }).catch((error: unknown) => {
          throw arrayInvalid(name, `cannot be unpacked: ${(error as Error).message}`);
        })
      : file;
  const element = ELEMENTS[bytes[2] ?? -1];
  if (
    bytes.length < 8 ||
    bytes[0] !== 0 ||
    bytes[1] !== 0 ||
    element === undefined ||
    bytes[3]! < 1 ||
    bytes[3]! > 8
  )
    throw arrayInvalid(name, 'does not begin as an IDX file');
  const rank = bytes[3]!;
  const [Kind, width, read] = element;
  const start = 4 + 4 * rank;
  const shape = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== start + count * width)
    throw arrayInvalid(
      name,
      `has ${bytes.length} bytes, and its shape [${shape.join(', ')}] needs ${start + count * width}`,
    );
  const data = new Kind(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * width);
  for (let i = 0; i < count; i++) data[i] = read(view, i * width);
  return { shape, data, whole: width < 4 || bytes[2] === 0x0c };
}
