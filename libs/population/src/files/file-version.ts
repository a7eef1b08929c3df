import { type MatrixColumn, type MatrixFile, readMatrix, writeMatrix } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';

const VERSION = 'noema:version';

export const ARROW_MEDIA_TYPE = 'application/vnd.apache.arrow.file';

/** Arrow bytes with the version of their layout in the metadata of the schema. */
export const writeVersioned = (
  columns: readonly MatrixColumn[],
  version: number,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array => writeMatrix(columns, new Map([[VERSION, String(version)], ...metadata]));

/**
 * Reads Arrow bytes of at most the version `newest`; a file that names no version has version 1. Throws
 * `data-loss` ARROW_INVALID, `unsupported` FILE_VERSION_UNKNOWN.
 */
export function readVersioned(
  bytes: Uint8Array,
  what: string,
  newest: number,
): { readonly file: MatrixFile; readonly version: number } {
  const file = readMatrix(bytes);
  const version = Number(file.metadata.get(VERSION) ?? 1);
  if (version >= 1 && version <= newest) return { file, version };
  throw new DomainError(
    'unsupported',
    'FILE_VERSION_UNKNOWN',
    `the ${what} has version ${file.metadata.get(VERSION)}, this service reads up to ${newest}; run the same ` +
      'version of all services',
    { metadata: { version: String(version), newest: String(newest) } },
  );
}
