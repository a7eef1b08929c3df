import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { DEFLATED, STORED, zipEntries } from '@noema/kernel/zip';
import { arrayInvalid, type LoadedArray, readNpy } from './npy.js';

const inflate = promisify(inflateRaw);
/** All arrays of an archive, unpacked. */
const MAX_UNPACKED = 4 * 2 ** 30;

/** The arrays of an NPZ archive by name. Throws `invalid` ARRAY_INVALID or `unsupported` ARRAY_UNSUPPORTED. */
export async function readNpz(bytes: Buffer, name: string): Promise<Map<string, LoadedArray>> {
  const arrays = new Map<string, LoadedArray>();
  let unpacked = 0;
  for await (const entry of zipEntries(bytes, (what) => arrayInvalid(name, `cannot be read: ${what}`))) {
    if (!entry.name.endsWith('.npy')) continue;
    const label = `${entry.name.slice(0, 100)} in ${name}`;
    unpacked += entry.size;
    if (unpacked > MAX_UNPACKED) throw arrayInvalid(name, `unpacks to more than ${MAX_UNPACKED} bytes`);
    const packed = await entry.data();
    if (entry.method !== STORED && entry.method !== DEFLATED)
      throw arrayInvalid(label, `is packed by the method ${entry.method}`);
    const data =
      entry.method === STORED
        ? packed
        : await inflate(packed, { maxOutputLength: Math.max(1, entry.size) }).catch((error: unknown) => {
            throw arrayInvalid(label, `cannot be unpacked: ${(error as Error).message}`);
          });
    if (data.length !== entry.size || crc32(data) !== entry.crc)
      throw arrayInvalid(label, 'differs from its check sum');
    arrays.set(entry.name.slice(0, -'.npy'.length), readNpy(data, label));
  }
  return arrays;
}
