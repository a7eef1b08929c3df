import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';

const inflate = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;
const UNIX = 3;
const ANY_TYPE = 0o170000;

/** How the bytes of a file are packed: not at all, or by deflate. */
const [STORED, DEFLATED] = [0, 8];

interface EntryInfo {
  readonly name: string;
  /** Bits of the kind of file where the archive was made on Unix, otherwise 0. */
  readonly type: number;
  readonly method: number;
  readonly crc: number;
  /** Number of unpacked bytes that the archive claims. */
  readonly size: number;
}

/** Words of the reader of archives where one cannot be opened, and their meaning. */
const OPENING: readonly (readonly [words: RegExp, meaning: string])[] = [
  // The list of files stands at the end of a zip.
  [/signature not found/, 'the archive is cut off, or no zip: its list of files is missing'],
  [/^Invalid comment length/, 'the archive is damaged: other bytes follow its list of files'],
  [/^multi-disk/, 'the archive is one of several parts; give a zip that is one file'],
];

/** A file of a zip archive, or a folder, whose name ends with a slash. */
export interface ZipEntry extends EntryInfo {
  /** The packed bytes, as a view of the archive. */
  readonly data: () => Promise<Buffer>;
}

/**
 * The entries of a zip archive, also one with a Zip64 directory, in the order of its list; nothing is
 * unpacked. Throws what `fault` makes of the words for an archive that is cut off, damaged or encrypted.
 */
export async function* zipEntries(
  zip: Buffer,
  fault: (what: string) => Error,
): AsyncGenerator<ZipEntry, void, undefined> {
  const file = await fromBufferPromise(zip, OPTIONS).catch((error: unknown) => {
    throw fault(describeOpening(error));
  });
  for await (const entry of listEntries(file, fault)) yield toEntry(zip, file, entry, fault);
}

// Names stay bytes, since the readers check them; the readers also check sizes and sums.
const OPTIONS = { decodeStrings: false, validateEntrySizes: false };

/** A file of a zip archive on disk, or a folder, whose name ends with a slash. */
export interface StoredZipEntry extends EntryInfo {
  /** The unpacked bytes, which nothing has checked. */
  readonly stream: () => Promise<Readable>;
}

/**
 * The entries of a zip archive on disk, as `zipEntries`; the archive is never in memory as a whole. Throws what
 * `fault` makes of the words.
 */
export async function* storedZipEntries(
  path: string,
  fault: (what: string) => Error,
): AsyncGenerator<StoredZipEntry, void, undefined> {
  const file = await openPromise(path, { ...OPTIONS, autoClose: false }).catch((error: unknown) => {
    throw fault(describeOpening(error));
  });
  try {
    for await (const entry of listEntries(file, fault)) {
      const info = describeEntry(entry, fault);
      if (info.method !== STORED && info.method !== DEFLATED)
        throw fault(`"${info.name.slice(0, 200)}" is packed by method ${info.method}; use deflate`);
      yield {
        ...info,
        stream: () =>
          file.openReadStreamPromise(entry).catch((error: unknown) => {
            throw fault(`"${info.name.slice(0, 200)}" cannot be unpacked: ${(error as Error).message}`);
          }),
      };
    }
  } finally {
    file.close();
  }
}

/** An error of the system has the path of the machine in its message, so that only its code is given. */
function describeOpening(error: unknown): string {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return `the archive cannot be read (${code ?? syscall})`;
  return OPENING.find(([words]) => words.test(message))?.[1] ?? `the archive is damaged: ${message}`;
}

async function* listEntries(
  file: ZipFile,
  fault: (what: string) => Error,
): AsyncGenerator<Entry, void, undefined> {
  const list = file.eachEntry()[Symbol.asyncIterator]();
  for (;;) {
    const next: IteratorResult<Entry, unknown> = await list.next().catch((error: unknown) => {
      throw fault(`the list of files in the archive is damaged: ${(error as Error).message}`);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

function describeEntry(entry: Entry, fault: (what: string) => Error): EntryInfo {
  const name = entry.fileNameRaw.toString('utf8');
  if (entry.isEncrypted()) throw fault(`"${name.slice(0, 200)}" of the archive is encrypted`);
  return {
    name,
    size: entry.uncompressedSize,
    method: entry.compressionMethod,
    crc: entry.crc32,
    type: entry.versionMadeBy >>> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & ANY_TYPE : 0,
  };
}

function toEntry(zip: Buffer, file: ZipFile, entry: Entry, fault: (what: string) => Error): ZipEntry {
  const info = describeEntry(entry, fault);
  return {
    ...info,
    data: async () => {
      const header = await file
        .readLocalFileHeaderPromise(entry, { minimal: true })
        .catch((error: unknown) => {
          const why = (error as Error).message;
          throw fault(
            `"${info.name.slice(0, 200)}" of the archive is not where the list of files says: ${why}`,
          );
        });
      return zip.subarray(header.fileDataStart, header.fileDataStart + entry.compressedSize);
    },
  };
}

/**
 * The unpacked bytes of a file, as many as the archive claims and with its check sum. Throws what `fault` makes of
 * the words for another packing than deflate, and for a damaged file.
 */
export async function unpackEntry(entry: ZipEntry, fault: (what: string) => Error): Promise<Buffer> {
  const content = await inflateEntry(entry, fault);
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    throw fault(`"${entry.name.slice(0, 200)}" is damaged`);
  return content;
}

async function inflateEntry(
  { name, method, size, data }: ZipEntry,
  fault: (what: string) => Error,
): Promise<Buffer> {
  if (method === STORED) return await data();
  if (method !== DEFLATED) throw fault(`"${name.slice(0, 200)}" is packed by method ${method}; use deflate`);
  return inflate(await data(), { maxOutputLength: Math.max(1, size) }).catch(() => {
    throw fault(`"${name.slice(0, 200)}" is damaged, or larger than it says`);
  });
}
