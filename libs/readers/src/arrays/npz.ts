import { unpackEntry, zipEntries } from '@noema/kernel/zip';
import { arrayInvalid, type LoadedArray, readNpy } from './npy.js';

/** All arrays of an archive, unpacked. */
const MAX_UNPACKED = 4 * 2 ** 30;

/** The arrays of an NPZ archive by name. Throws `invalid` ARRAY_INVALID or `unsupported` ARRAY_UNSUPPORTED. */
export async function readNpz(bytes: Buffer, name: string): Promise<Map<string, LoadedArray>> {
  const arrays = new Map<string, LoadedArray>();
  const fault = (what: string): Error => arrayInvalid(name, `cannot be read: ${what}`);
  let unpacked = 0;
  for await (const entry of zipEntries(bytes, fault)) {
    if (!entry.name.endsWith('.npy')) continue;
    unpacked += entry.size;
    if (unpacked > MAX_UNPACKED) throw arrayInvalid(name, `unpacks to more than ${MAX_UNPACKED} bytes`);
    const data = await unpackEntry(entry, fault);
    const label = `${entry.name.slice(0, 100)} in ${name}`;
    arrays.set(entry.name.slice(0, -'.npy'.length), readNpy(data, label));
  }
  return arrays;
}
