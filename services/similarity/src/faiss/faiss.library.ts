import { fileURLToPath } from 'node:url';

/** By what an index orders: the least distance or the largest inner product first. */
export type Metric = 'euclidean' | 'inner-product';

/** Numbers of the metrics in faiss. */
export const METRICS: Readonly<Record<Metric, number>> = { 'inner-product': 0, euclidean: 1 };

/**
 * The native part, `services/similarity/native/faiss.cc`: one index, synchronous, on the threads of OpenMP.
 * Used in the child only: where faiss aborts, or reads beyond bytes that are damaged, the process ends.
 */
export interface FaissLibrary {
  /** An empty index of faiss' factory; it takes the place of the one before, as `load` does. */
  create(dimensions: number, description: string, metric: number): void;
  add(vectors: Float32Array): void;
  /** Rows [m, k] of the k nearest, −1 for none. */
  search(queries: Float32Array, k: number): Int32Array;
  save(): ArrayBuffer;
  load(bytes: Uint8Array): void;
  rows(): number;
  dimensions(): number;
}

/**
 * Bytes are loaded only under the name of the format in which they were written: that of the version of
 * `faiss-node` that wrote the first ones.
 */
export const FORMAT = '0.5.1';

/** The file that `make native` prepares in the repository. */
export const PREPARED_LIBRARY = fileURLToPath(new URL('../../../../../.native/faiss.node', import.meta.url));

/** Where the native part is and how many threads it may use: 0 for one per core. */
export interface FaissSettings {
  readonly library: string;
  readonly threads: number;
}
