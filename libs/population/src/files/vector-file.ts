import { DomainError } from '@noema/kernel';
import { readVersioned, writeVersioned } from './file-version.js';

const VERSION = 1;
const VECTORS = 'vectors';

/** Perception vectors [rows, width] float32, row-major. */
export interface Vectors {
  readonly data: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** Arrow bytes of the vectors of one shard. */
export const writeVectors = ({ data, rows, width }: Vectors): Uint8Array =>
  writeVersioned([{ name: VECTORS, data, rows, dims: [width] }], VERSION);

/** Throws `data-loss` ARROW_INVALID, COLUMN_MISSING, `unsupported` FILE_VERSION_UNKNOWN. */
export function readVectors(bytes: Uint8Array): Vectors {
  const { file } = readVersioned(bytes, 'vector file', VERSION);
  const { data, dims } = file.float32(VECTORS);
  return { data, rows: file.rows, width: dims[0] ?? 1 };
}

/**
 * Joins the vectors of a set's shards, read one after the other into memory that threads share.
 * Throws `data-loss` VECTORS_SHAPE when they are not `rows` in all, or not all of one width.
 */
export async function joinVectors(
  shards: readonly (() => Promise<Vectors>)[],
  expected: { readonly rows: number; readonly width?: number; readonly owner: string },
): Promise<Vectors> {
  const { rows, owner } = expected;
  let { width } = expected;
  let all: Float32Array = new Float32Array();
  let at = 0;
  for (const shard of shards) {
    const part = await shard();
    if (at === 0) {
      width ??= part.width;
      all = new Float32Array(new SharedArrayBuffer(4 * rows * width));
    }
    if (part.width !== width || at + part.data.length > all.length)
      throw wrongShape(owner, at + part.data.length, [rows, width ?? 0]);
    all.set(part.data, at);
    at += part.data.length;
  }
  if (at === 0 || at !== all.length) throw wrongShape(owner, at, [rows, width ?? 0]);
  return { data: all, rows, width: width! };
}

const wrongShape = (owner: string, values: number, [rows, width]: readonly [number, number]): DomainError =>
  new DomainError(
    'data-loss',
    'VECTORS_SHAPE',
    `the vectors of ${owner} hold ${values} values, not ${rows} × ${width}; make the set again`,
    { metadata: { owner } },
  );
