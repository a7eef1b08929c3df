import { DomainError, type ErrorKind } from '@noema/kernel';
import type { BackendOptions } from '../backends/backend.js';
import type { Tensors } from '../tensors.js';
import type { RowsRequest } from './rows.run.js';

/** How a worker is set up. */
export interface WorkerSetup {
  readonly backend: string;
  /** Maximum bytes of programs whose sessions one worker caches. */
  readonly cacheBytes: number;
  /** Cells of the process's ExitGate. */
  readonly gate: Int32Array;
}

/** Asks a worker to exit after its running call. */
export const CLOSE = 'close';

/** A program as it crosses threads. */
export interface SentProgram extends Required<BackendOptions> {
  readonly sha256: string;
  readonly bytes: SharedArrayBuffer;
  /** Bytes of the cache that its session takes. */
  readonly cost: number;
}

export interface RunRequest {
  readonly id: number;
  readonly program: SentProgram;
  readonly feeds: Tensors;
  readonly fetches: readonly string[];
  /** The feeds are many rows in shared memory, and so are the outputs: none is sent back. */
  readonly rows?: RowsRequest | undefined;
}

/** An error as it crosses threads. */
export interface SentError {
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `sessions`: number of sessions in the worker's cache. */
export type RunReply =
  | { readonly id: number; readonly outputs: Tensors; readonly sessions: number }
  | { readonly id: number; readonly error: SentError };

export const sendError = ({ kind, reason, message, metadata }: DomainError): SentError => ({
  kind,
  reason,
  message,
  metadata,
});

export const receiveError = ({ kind, reason, message, metadata }: SentError): DomainError =>
  new DomainError(kind, reason, message, { metadata });
