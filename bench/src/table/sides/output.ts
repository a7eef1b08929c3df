import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes what a side made for its judge, row-major without a header. */
export function writeOutput(folder: string, name: string, array: Float32Array | Int32Array): void {
  writeFileSync(join(folder, name), Buffer.from(array.buffer, array.byteOffset, array.byteLength));
}
