import { unpackEntry, zipEntries, type ZipEntry } from '@noema/kernel/zip';
import { fileInvalid } from '../import.errors.js';

/** Limits of an archive: number of files and folders, and total unpacked bytes. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 2 ** 30;
const LOCAL = Buffer.from('PK\x03\x04', 'latin1');

/** True for the bytes of a zip archive with a file of that name. */
export const isZipWith = (bytes: Uint8Array, name: string): boolean =>
  LOCAL.equals(bytes.subarray(0, LOCAL.length)) && toBuffer(bytes).includes(name);

/**
 * The files of a zip by their names, unpacked on request.
 */
export class ZipReader {
  private constructor(private readonly entries: ReadonlyMap<string, ZipEntry>) {}

  /**
   * Reads the list of files. Throws `invalid` MODEL_FILE_INVALID for an archive that is cut, encrypted,
   * damaged, leads out of itself, has a file twice, or unpacks to more than 1 GiB in all.
   */
  static async open(bytes: Uint8Array): Promise<ZipReader> {
    const entries = new Map<string, ZipEntry>();
    let total = 0;
    let count = 0;
    for await (const entry of zipEntries(toBuffer(bytes), fileInvalid)) {
      const { name, size } = entry;
      if (++count > MAX_ENTRIES) throw fileInvalid(`the archive has more than ${MAX_ENTRIES} files`);
      if (name.endsWith('/')) continue;
      if (name.startsWith('/') || name.includes('\\') || name.split('/').includes('..'))
        throw fileInvalid(`the archive has "${name.slice(0, 100)}", which leads out of it`);
      if (entries.has(name)) throw fileInvalid(`the archive has "${name.slice(0, 100)}" twice`);
      if ((total += size) > MAX_BYTES)
        throw fileInvalid(`the archive unpacks to more than ${MAX_BYTES} bytes`);
      entries.set(name, entry);
    }
    return new ZipReader(entries);
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /** One file unpacked. Throws as `open` does, also when there is no such file. */
  async read(name: string): Promise<Buffer> {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw fileInvalid(
        `the archive has no "${name.slice(0, 100)}"; it has ` +
          `${this.names().slice(0, 20).join(', ').slice(0, 500)}`,
      );
    const data = await entry.data();
    return unpackEntry({ ...entry, data: () => Promise.resolve(data) }, () =>
      fileInvalid(`"${name.slice(0, 100)}" of the archive (${data.length} bytes) cannot be unpacked`),
    );
  }
}

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
