import type { Metric } from './faiss.library.js';

/** Requests to the child, which holds one index. Values are float32, row-major. */
export type FaissRequest =
  | {
      readonly op: 'create';
      readonly dimensions: number;
      readonly description: string;
      readonly metric: Metric;
    }
  | { readonly op: 'add'; readonly values: Float32Array }
  | { readonly op: 'search'; readonly values: Float32Array; readonly k: number }
  | { readonly op: 'serialize' }
  | { readonly op: 'read'; readonly from: number; readonly to: number }
  | { readonly op: 'write'; readonly bytes: Uint8Array }
  | { readonly op: 'load'; readonly sha256: string };

/** Responses of the child; `search` returns rows [m, k], −1 for a missing one. */
export interface FaissResults {
  readonly create: null;
  readonly add: null;
  readonly search: Int32Array;
  readonly serialize: { readonly sizeBytes: number };
  readonly read: Uint8Array;
  readonly write: null;
  readonly load: { readonly rows: number; readonly dimensions: number };
}

export type FaissResult<R extends FaissRequest> = FaissResults[R['op']];

export interface FaissQuery {
  readonly id: number;
  readonly request: FaissRequest;
}

/** Resident memory travels with every answer, because the library leaks and the parent recycles. */
export type FaissResponse = { readonly id: number; readonly rssBytes: number } & (
  | { readonly result: FaissResults[FaissRequest['op']] }
  | { readonly error: string }
);

/** Asks the child that is up. */
export type FaissCall = <R extends FaissRequest>(request: R) => Promise<FaissResult<R>>;
