import { AsyncLocalStorage } from 'node:async_hooks';
import {
  request as plainRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientOptions } from 'minio';
import { PASSING_STATUS, s3Fault } from './s3-faults.js';

/** How long and how often the store is tried. */
export interface S3Limits {
  /** Attempts of one call, the first included. */
  readonly attempts: number;
  /** Milliseconds without a byte in either direction after which an attempt is given up. */
  readonly idleMs: number;
  /** Milliseconds that an attempt may take, and as many more as its bytes need at 256 KiB a second. */
  readonly attemptMs: number;
  /** The wait before the second attempt is below this, before the third below twice as much, and so on. */
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

/** What is done, for messages, and how many bytes go over the wire at most. */
export interface Call {
  readonly what: string;
  readonly bytes?: number;
}

/**
 * Runs a call with a deadline for each attempt, again with growing waits while that may help. Throws
 * STORE_FULL, STORE_DENIED or STORE_FAILED.
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
      await delay(Math.random() * Math.min(limits.backoffMs * 2 ** (n - 1), LONGEST_WAIT_MS));
    }
  }
}

/** Node's HTTP, bound to the attempt that runs: it ends with it, and tells it the answer's status. */
export function transportOf(secure: boolean): NonNullable<ClientOptions['transport']> {
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

/** An answer of neither length nor chunks could be cut without anybody noticing. */
function endsUnseen({ method }: RequestOptions, { statusCode = 0, headers }: IncomingMessage): boolean {
  return (
    method !== 'HEAD' &&
    statusCode !== 204 &&
    statusCode !== 304 &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}
