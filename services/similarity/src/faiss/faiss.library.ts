import { fileURLToPath } from 'node:url';

/** An index of `faiss-node` 0.5.1: plain arrays, synchronous, and it aborts the process when a precondition is missed. Used in the child only. */
export interface NativeIndex {
  ntotal(): number;
  getDimension(): number;
  isTrained(): boolean;
  add(values: number[]): void;
  search(queries: number[], k: number): { readonly labels: number[] };
  toBuffer(): Buffer;
}

export interface FaissLibrary {
  readonly Index: { fromFactory(dimensions: number, description: string): NativeIndex; fromBuffer(bytes: Buffer): NativeIndex };
}

/** Bytes are loaded only by the version that wrote them. */
export const FAISS_NODE_VERSION = '0.5.1';

/** The file that `make native` prepares in the repository. */
export const PREPARED_LIBRARY = fileURLToPath(new URL('../../../../../.native/faiss-node.node', import.meta.url));

/** Where the native part is and how many threads it may use: 0 for one per core. */
export interface FaissSettings {
  readonly library: string;
  readonly threads: number;
}
