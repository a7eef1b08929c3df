import { AsyncLocalStorage } from 'node:async_hooks';
import {
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import { backoff } from '@noema/kernel';
import type { ClientOptions } from 'minio';
import { PASSING_STATUS, s3Fault } from './s3-faults.js';

/** Timeouts and number of attempts. */
export interface S3Limits {
  /** Maximum number of attempts of one call, including the first. */
  readonly attempts: number;
  /** Idle time without a byte in either direction that ends an attempt, in milliseconds. */
  readonly idleMs: number;
  /** Maximum duration of an attempt in milliseconds, plus the time that its bytes need at 256 KiB/s. */
  readonly attemptMs: number;
  /** Maximum back-off before the second attempt; doubled for each further attempt. */
  readonly backoffMs: number;
}

export const S3_LIMITS: S3Limits = { attempts: 5, idleMs: 15_000, attemptMs: 30_000, backoffMs: 200 };

const SLOWEST_BYTES_PER_MS = 256;
const LONGEST_WAIT_MS = 5_000;

interface Attempt {
  readonly signal: AbortSignal;
  readonly idleMs: number;
  status?: number | undefined;
}

const attempts = new AsyncLocalStorage<Attempt>();

/** Name of a call for messages, and the maximum number of bytes that it transfers. */
export interface Call {
  readonly what: string;
  readonly bytes?: number;
}

/**
 * Runs a call with a deadline for each attempt, and retries with growing back-off while a retry may succeed.
 * Throws STORE_FULL, STORE_DENIED or STORE_FAILED.
 */
export async function attempted<T>(
  limits: S3Limits,
  { what, bytes = 0 }: Call,
  work: () => Promise<T>,
): Promise<T> {
  for (let n = 1; ; n++) {
    const attempt: Attempt = {
      signal: AbortSignal.timeout(limits.attemptMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS)),
      idleMs: limits.idleMs,
    };
    try {
      return await attempts.run(attempt, work);
    } catch (error) {
      const fault = s3Fault(what, error, attempt.status);
      if (!fault.again || n >= limits.attempts) throw fault.error;
      await backoff(n - 1, limits.backoffMs, LONGEST_WAIT_MS);
    }
  }
}

/**
 * Returns Node's HTTP transport bound to the running attempt: it is aborted with the attempt, and reports the
 * status of the response to it.
 */
export function createTransport(secure: boolean): NonNullable<ClientOptions['transport']> {
  const open = secure ? secureRequest : plainRequest;
  const request = (options: RequestOptions, answered: (response: IncomingMessage) => void): ClientRequest => {
    const attempt = attempts.getStore();
    const outgoing = open(
      { ...options, ...(attempt && { signal: attempt.signal, timeout: attempt.idleMs }) },
      (response) => {
        if (attempt !== undefined) attempt.status = response.statusCode;
        // the client throws without reading it
        if (PASSING_STATUS.has(response.statusCode ?? 0)) response.resume();
        if (endsUnseen(options, response))
          outgoing.destroy(new Error('it answered without saying where the answer ends'));
        else answered(response);
      },
    );
    return outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`nothing came or went for ${attempt?.idleMs} ms`)),
    );
  };
  return { request } as NonNullable<ClientOptions['transport']>;
}

/** A response without length or chunks could be truncated without being noticed. */
function endsUnseen({ method }: RequestOptions, { statusCode = 0, headers }: IncomingMessage): boolean {
  return (
    method !== 'HEAD' &&
    statusCode !== 204 &&
    statusCode !== 304 &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}
