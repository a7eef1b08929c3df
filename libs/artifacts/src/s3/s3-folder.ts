import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { isRelativePath } from '@noema/kernel/relative-path';
import { S3_LIMITS } from './s3-attempt.js';
import { S3Calls, type S3Keys } from './s3-calls.js';
import { type S3Location, s3Location } from './s3-location.js';
import { ObjectMismatch, readPieces } from './s3-reader.js';

/** Bounds of a copy. */
export interface CopyLimits {
  readonly objects: number;
  readonly bytes: number;
}

const LIMITS: CopyLimits = { objects: 2_000_000, bytes: 64 * 2 ** 30 };
/** File in a folder that says which objects it holds. Readers do not see it. */
const ORIGIN = '.noema-s3';
const MAX_KEY = 1_024;

/** Objects of a bucket whose keys start with `prefix`. */
export interface S3Place {
  readonly location: S3Location;
  readonly prefix: string;
}

/**
 * Parses `s3://bucket/prefix?endpoint=…&region=…&path_style=…`; what the URL leaves out is taken from the variables
 * of AWS (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_DEFAULT_REGION`). Throws `invalid`
 * STORE_URL_INVALID.
 */
export function parseS3Url(text: string, environment: NodeJS.ProcessEnv = {}): S3Place {
  if (!URL.canParse(text))
    throw new DomainError('invalid', 'STORE_URL_INVALID', `"${text}" is not s3://<bucket>/<prefix>`);
  const url = new URL(text);
  const prefix = decodeURIComponent(url.pathname.replace(/^\//, ''));
  url.pathname = '';
  const defaults = {
    endpoint: environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'],
    region: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'],
  };
  for (const [name, value] of Object.entries(defaults))
    if (value !== undefined && !url.searchParams.has(name))
      url.searchParams.set(name, name === 'endpoint' ? value.replace(/\/$/, '') : value);
  return { location: s3Location(url), prefix };
}

/** Name for a folder of the objects: the last part of their prefix, or the bucket. */
export const nameS3Place = ({ location, prefix }: S3Place): string =>
  prefix.split('/').findLast((part) => part !== '' && part !== '.' && part !== '..') ?? location.bucket;

/**
 * Copies the objects into a folder, by their keys below the prefix; a single object keeps its name. Files that were
 * copied before and whose object has the same size and time stay, so that a copy that was cut goes on. Empty keys
 * without credentials read public buckets. Throws `not-found` S3_OBJECTS_NOT_FOUND; `invalid` S3_KEY_INVALID for a
 * key that is no path below the folder, S3_TOO_LARGE beyond the limits; `precondition` S3_FOLDER_EXISTS for a folder
 * of another origin; and what reading a store throws.
 */
export async function copyS3Objects(
  place: S3Place,
  folder: string,
  {
    keys,
    limits = LIMITS,
    progress = () => undefined,
  }: {
    readonly keys: S3Keys;
    readonly limits?: CopyLimits;
    readonly progress?: (objects: number, bytes: number) => void;
  },
): Promise<void> {
  const calls = new S3Calls(place.location, keys, S3_LIMITS);
  const objects = await listS3Objects(calls, place, limits);
  await claimFolder(
    folder,
    `s3://${place.location.bucket}/${place.prefix} ${place.location.endpoint.origin}\n`,
  );
  let bytes = 0;
  for (const [at, object] of objects.entries()) {
    await copyObject(calls, object, join(folder, object.path));
    progress(at + 1, (bytes += object.sizeBytes));
  }
}

/** An object below a prefix. */
export interface S3Object {
  readonly key: string;
  /** Below the folder. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/**
 * Lists the objects of a place. Throws `not-found` S3_OBJECTS_NOT_FOUND; `invalid` S3_KEY_INVALID, S3_TOO_LARGE; and
 * what reading a store throws.
 */
export async function listS3Objects(
  calls: Pick<S3Calls, 'list'>,
  { location: { bucket }, prefix }: S3Place,
  limits: CopyLimits,
): Promise<S3Object[]> {
  const base = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const found: S3Object[] = [];
  let bytes = 0;
  for await (const { uri: key, sizeBytes, modifiedAt } of calls.list(prefix)) {
    const isSingle = key === prefix;
    // `photos` is not a part of `photos-old/…`, and a key that ends with a slash stands for a folder
    if ((!isSingle && !key.startsWith(base)) || key.endsWith('/')) continue;
    const path = isSingle ? basename(key) : key.slice(base.length);
    if (!isFilePath(path))
      throw new DomainError(
        'invalid',
        'S3_KEY_INVALID',
        `the object ${JSON.stringify(key.slice(0, MAX_KEY))} of s3://${bucket} has a key that is no path of a file; ` +
          'rename it, or choose a prefix without it',
        { metadata: { key: key.slice(0, MAX_KEY) } },
      );
    found.push({ key, path, sizeBytes, modifiedAt });
    bytes += sizeBytes;
    if (found.length > limits.objects || bytes > limits.bytes)
      throw new DomainError(
        'invalid',
        'S3_TOO_LARGE',
        `s3://${bucket}/${prefix} has more than ${limits.objects} objects or ${limits.bytes} bytes; choose a longer ` +
          'prefix',
      );
  }
  if (found.length === 0)
    throw new DomainError(
      'not-found',
      'S3_OBJECTS_NOT_FOUND',
      `s3://${bucket} has no object whose key is "${prefix}" or starts with "${base}"`,
    );
  return found;
}

/** A path below the folder whose parts a file system takes, but for the file that states the origin. */
const isFilePath = (path: string): boolean =>
  path !== ORIGIN && isRelativePath(path) && path.split('/').every((part) => Buffer.byteLength(part) < 256);

/** The folder is new, or holds these objects. */
async function claimFolder(folder: string, origin: string): Promise<void> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const known = await readFile(join(folder, ORIGIN), 'utf8').catch(() => undefined);
  if (isThere && known !== origin)
    throw new DomainError(
      'precondition',
      'S3_FOLDER_EXISTS',
      `the objects would be copied to ${folder}, which has files of another origin; open that folder, or rename it`,
      { metadata: { path: folder } },
    );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ORIGIN), origin);
}

async function copyObject(
  calls: S3Calls,
  { key, sizeBytes, modifiedAt }: S3Object,
  file: string,
): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.size === sizeBytes && Math.abs(there.mtimeMs - modifiedAt.getTime()) < 1_000) return;
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.part`;
  try {
    const handle = await open(part, 'w');
    try {
      for await (const piece of readPieces(calls, { uri: key, sizeBytes, sha256: '', mediaType: '' }))
        await handle.write(piece);
    } finally {
      await handle.close();
    }
    await utimes(part, modifiedAt, modifiedAt);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof ObjectMismatch)
      throw new DomainError(
        'conflict',
        'S3_OBJECT_CHANGED',
        `the object ${key} changed while it was copied (${error.message}); copy again`,
        { cause: error },
      );
    throw error;
  }
}
