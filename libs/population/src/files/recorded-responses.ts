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
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable('is no JSON', cause);
  }
  if (!isRecord(file)) throw unreadable('is no object');
  const { version = 0, layers, shards } = file;
  if (typeof version !== 'number') throw unreadable(`has the version ${JSON.stringify(version)}`);
  if (version > VERSION)
    throw new DomainError(
      'unsupported',
      'FILE_VERSION_UNKNOWN',
      `the recorded responses have version ${version}, this service reads up to ${VERSION}; run the same ` +
        'version of all services',
      { metadata: { version: String(version), newest: String(VERSION) } },
    );
  if (!Array.isArray(layers) || !Array.isArray(shards)) throw unreadable('names no layers and shards');
  const layer = layers.findIndex((one) => !isLayer(one));
  if (layer >= 0) throw unreadable(`has ${JSON.stringify(layers[layer])} as layer ${layer}`);
  const shard = shards.findIndex((one) => !isArtifact(one));
  if (shard >= 0) throw unreadable(`has ${JSON.stringify(shards[shard])} as shard ${shard}`);
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

const isLayer = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value['name'] === 'string' &&
  typeof value['kind'] === 'string' &&
  isCount(value['units']) &&
  Array.isArray(value['positionDims']) &&
  value['positionDims'].every(isCount);

const isArtifact = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value['uri'] === 'string' &&
  typeof value['sha256'] === 'string' &&
  typeof value['mediaType'] === 'string' &&
  Number.isSafeInteger(value['sizeBytes']);

const unreadable = (why: string, cause?: unknown): DomainError =>
  new DomainError(
    'data-loss',
    'RESPONSES_UNREADABLE',
    `the file that names the recorded responses ${why}; record the epoch again`,
    { cause },
  );
