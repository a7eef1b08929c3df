import { readVersioned, writeVersioned } from './file-version.js';

const VERSION = 1;
const INDICES = 'indices';
const DISTANCES = 'distances';

/** The nearest neighbours of every row: rows [n, k] int32 and Euclidean distances [n, k], nearest first. */
export interface Neighbors {
  readonly n: number;
  readonly k: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

export const writeNeighbors = ({ n, k, indices, distances }: Neighbors): Uint8Array =>
  writeVersioned(
    [
      { name: INDICES, data: indices, rows: n, dims: [k] },
      { name: DISTANCES, data: distances, rows: n, dims: [k] },
    ],
    VERSION,
  );

/** Throws `data-loss` ARROW_INVALID, COLUMN_MISSING, `unsupported` FILE_VERSION_UNKNOWN. */
export function readNeighbors(bytes: Uint8Array): Neighbors {
  const { file } = readVersioned(bytes, 'neighbor file', VERSION);
  const [indices, distances] = [file.int32(INDICES), file.float32(DISTANCES)];
  return { n: file.rows, k: indices.dims[0] ?? 0, indices: indices.data, distances: distances.data };
}
