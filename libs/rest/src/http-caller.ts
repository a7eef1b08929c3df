import { DomainError } from '@noema/kernel/domain-error';
import { startDeadline } from './deadline.js';
import { errorOfProblem, PROBLEM_MEDIA_TYPE } from './problem.js';
import type { EncodedRequest } from './request-encoding.js';

/** Options of one call. */
export interface RestCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Deadline in milliseconds; for a stream, of the whole stream. */
  readonly timeoutMs?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface RestClientOptions {
  /** Address of the gateway, such as `http://127.0.0.1:7070`. A path in it is kept. */
  readonly baseUrl: string;
  /** API key or access token, or a function that returns a fresh one for each call. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Deadline of a unary call in milliseconds. Default: 30 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Number of attempts to resume a stream without a message in between. Default: 8. */
  readonly streamAttempts?: number | undefined;
  /** Maximum pause before a stream is resumed, in milliseconds. Default: 5 seconds. */
  readonly backoffMs?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** Sends requests and converts every failure to a DomainError. */
export interface HttpCaller {
  readonly options: RestClientOptions;
  call<T>(
    request: EncodedRequest,
    accept: string,
    call: RestCallOptions,
    read: (response: Response) => Promise<T>,
  ): Promise<T>;
  open(request: EncodedRequest, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Converts any error that was thrown during the call to a DomainError. */
  fault(error: unknown, request: EncodedRequest, signal: AbortSignal): DomainError;
}

export function httpCaller(options: RestClientOptions): HttpCaller {
  const base = options.baseUrl.replace(/\/+$/, '');
  const send = options.fetch ?? fetch;
  const caller: HttpCaller = {
    options,
    async open(request, headers, signal) {
      const token = typeof options.token === 'function' ? await options.token() : options.token;
      const response = await send(base + request.target, {
        method: request.verb,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      if (!response.ok) throw await readProblem(response);
      return response;
    },
    async call(request, accept, call, read) {
      const timeoutMs = call.timeoutMs ?? options.timeoutMs ?? 30_000;
      const { signal, end } = startDeadline(call.signal, timeoutMs);
      try {
        return await read(
          await caller.open(
            request,
            { accept, 'x-timeout-ms': String(Math.ceil(timeoutMs)), ...call.headers },
            signal,
          ),
        );
      } catch (error) {
        throw caller.fault(error, request, signal);
      } finally {
        end();
      }
    },
    fault(error, request, signal) {
      if (error instanceof DomainError) return error;
      const what = `${request.verb} ${base}${request.target.split('?')[0] ?? ''}`;
      if (signal.aborted) return abortFault(what, signal.reason);
      if (!(error instanceof TypeError))
        return new DomainError(
          'internal',
          'ANSWER_UNREADABLE',
          `${what}: ${formatError(error)}; client and server may be of different versions`,
          { cause: error },
        );
      return new DomainError(
        'unavailable',
        'GATEWAY_UNREACHABLE',
        `${what}: ${formatError(error)}; check that Noema runs there`,
        { cause: error },
      );
    },
  };
  return caller;
}

function abortFault(what: string, reason: unknown): DomainError {
  if (reason instanceof DomainError) return reason;
  if (reason instanceof DOMException && reason.name === 'TimeoutError')
    return new DomainError(
      'timeout',
      'DEADLINE_EXCEEDED',
      `${what} was not answered in time; ask again or allow more time`,
      { cause: reason },
    );
  return new DomainError('cancelled', 'CANCELLED', `${what} was cancelled`, { cause: reason });
}

async function readProblem(response: Response): Promise<DomainError> {
  const isProblem = response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) === true;
  const text = await response.text();
  if (isProblem) return errorOfProblem(response.status, JSON.parse(text) as unknown);
  return errorOfProblem(response.status, {
    detail: `the server answered ${response.status}: ${text.slice(0, 200)}`,
  });
}

function formatError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
