import { type ArtifactRef, DomainError } from '@noema/kernel';
import type { RecordedLayer } from '../rules/recorded-layer.js';
import { readVersioned, writeVersioned } from './file-version.js';

const VERSION = 1;

export const JSON_MEDIA_TYPE = 'application/json';

/** Where the recorded responses of one epoch are. */
export interface RecordedResponses {
  /** In the order of the columns of the responses. */
  readonly layers: readonly RecordedLayer[];
  /** One Arrow file per shard of the dataset version, in its order. */
  readonly shards: readonly ArtifactRef[];
}

/** Mean and maximum of every unit over positions: each [rows, units of all layers] float32, row-major. */
export interface ResponseMatrices {
  readonly mean: Float32Array;
  readonly max: Float32Array;
  readonly rows: number;
}

/** JSON bytes that name layers and shards. */
export const writeRecordedResponses = (responses: RecordedResponses): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version: VERSION, ...responses }));

/** Throws `data-loss` RESPONSES_UNREADABLE, `unsupported` FILE_VERSION_UNKNOWN. */
export function readRecordedResponses(bytes: Uint8Array): RecordedResponses {
  let file: Partial<RecordedResponses> & { readonly version?: number };
  try {
    file = JSON.parse(new TextDecoder().decode(bytes)) as typeof file;
  } catch (cause) {
    throw unreadable('is no JSON', cause);
  }
  const { version = 0, layers, shards } = file;
  if (version > VERSION)
    throw new DomainError(
      'unsupported',
      'FILE_VERSION_UNKNOWN',
      `the recorded responses have version ${version}, this service reads up to ${VERSION}; run the same ` +
        'version of all services',
      { metadata: { version: String(version), newest: String(VERSION) } },
    );
  if (!Array.isArray(layers) || !Array.isArray(shards)) throw unreadable('names no layers and shards');
  return { layers: layers as RecordedLayer[], shards: shards as ArtifactRef[] };
}

/** Arrow bytes with the columns `mean` and `max`. */
export function writeResponseMatrices({ mean, max, rows }: ResponseMatrices): Uint8Array {
  const dims = [mean.length / rows];
  return writeVersioned(
    [
      { name: 'mean', data: mean, rows, dims },
      { name: 'max', data: max, rows, dims },
    ],
    VERSION,
  );
}

/** Throws `data-loss` ARROW_INVALID, COLUMN_MISSING, `unsupported` FILE_VERSION_UNKNOWN. */
export function readResponseMatrices(bytes: Uint8Array): ResponseMatrices {
  const { file } = readVersioned(bytes, 'file of recorded responses', VERSION);
  return { mean: file.float32('mean').data, max: file.float32('max').data, rows: file.rows };
}

const unreadable = (why: string, cause?: unknown): DomainError =>
  new DomainError(
    'data-loss',
    'RESPONSES_UNREADABLE',
    `the file that names the recorded responses ${why}; record the epoch again`,
    { cause },
  );
