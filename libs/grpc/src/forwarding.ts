import { once } from 'node:events';
import { type DescMethod, type DescService, getOption } from '@bufbuild/protobuf';
import {
  type CallOptions,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  type StatusObject,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { Resume, resume } from '@noema/contracts/noema/type/v1/resume';
import { DomainError } from '@noema/kernel';
import { currentTraceparent, type OpenSpan, withSpan } from '@noema/observability';
import { CallEnd } from './call-end.js';
import type { CallHost } from './call.js';
import { countServed } from './call.metrics.js';
import { toAttributes, formatCode, conclude } from './call.trace.js';
import { formatPath, streamsResponses } from './codec.js';
import type { Connection } from './connection.js';
import { fromStatus, isPublic, toStatus } from './status.js';

/** A call that may be forwarded to another server. */
export interface AdmittedCall {
  readonly connection: Connection;
  /** `authorization` header for the other server. */
  readonly authorization: string | undefined;
  /** Called once, at the end of the call. */
  end(): void;
  /** Called if the other server rejects the authorization. */
  refused(): void;
}

/** A call that asks for admission. */
export interface ArrivingCall {
  readonly authorization: string | undefined;
  /** The request message, encoded. */
  readonly request: Uint8Array;
  readonly trailer: Metadata;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Services that a server does not implement but forwards, message by message, without decoding them. */
export interface Forwarding {
  readonly services: readonly DescService[];
  /** Deadline in milliseconds of a unary call whose caller sets none. */
  readonly timeoutMs: number;
  /**
   * Decides whether, where and with which authorization a call is forwarded. Throws the error for the caller.
   */
  admit(method: DescMethod, call: ArrivingCall): Promise<AdmittedCall>;
}

type Incoming = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

/** Metadata of the caller that are forwarded. */
const PASSED_ON = ['x-request-id', 'tracestate'];
/** Metadata of the other server that are returned. */
const PASSED_BACK = ['grpc-status-details-bin', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];

const same = (bytes: Buffer): Buffer => bytes;

/** Returns a grpc-js service whose messages stay encoded. */
export const encodedService = (service: DescService): ServiceDefinition =>
  Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      {
        path: formatPath(method),
        requestStream: false,
        responseStream: streamsResponses(method),
        originalName: method.localName,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );

/**
 * Creates the handler that forwards the calls of one method, with the caller's deadline and cancellation.
 * Streams are no faster than the caller reads.
 */
export function forwardingHandler(
  method: DescMethod,
  forwarding: Forwarding,
  host: CallHost,
): UntypedHandleCall {
  const path = formatPath(method);
  const group = endsWithDrain(method) ? host.untilDrain : host.untilCut;
  const forward = async (
    call: Incoming,
    span: OpenSpan,
    send: (upstream: Upstream) => Promise<void>,
    fail: (status: Partial<StatusObject>) => void,
  ): Promise<void> => {
    const begunMs = performance.now();
    const trailer = new Metadata();
    const ending = new CallEnd();
    const left = (): void => {
      ending.abort(new DomainError('cancelled', 'CANCELLED', `the caller of ${path} left`));
    };
    call.once('cancelled', left);
    group.add(ending);
    let admitted: AdmittedCall | undefined;
    let code = 'OK';
    try {
      const timeoutMs = Math.min(Number(call.getDeadline()) - Date.now(), forwarding.timeoutMs);
      const authorization = call.metadata.get('authorization')[0]?.toString();
      admitted = await forwarding.admit(method, {
        authorization,
        request: call.request,
        trailer,
        timeoutMs,
        get signal() {
          return ending.signal;
        },
      });
      ending.throwIfAborted();
      const deadline = streamsResponses(method) ? call.getDeadline() : Date.now() + timeoutMs;
      await send({
        admitted,
        metadata: metadataFor(call, admitted.authorization),
        options: { deadline },
        trailer,
        ending,
      });
    } catch (error) {
      const reason: unknown = ending.isAborted ? toEndError(ending) : error;
      code = formatCode(reason);
      if (isServiceError(reason)) {
        if (code === 'UNAUTHENTICATED') admitted?.refused();
        fail(forwardStatus(reason, path, trailer));
      } else {
        if (!isPublic(reason)) host.logger.error({ rpc: path, err: reason }, 'a call could not be passed on');
        fail(toStatus(reason, trailer));
      }
    } finally {
      // Every call ends with this event, with or without a response.
      call.off('cancelled', left);
      group.delete(ending);
      admitted?.end();
      conclude(span, code);
      countServed(method, code, performance.now() - begunMs);
    }
  };
  const traced = (call: Incoming, work: (span: OpenSpan) => Promise<void>): void => {
    const parent = call.metadata.get('traceparent')[0]?.toString();
    host.track(
      withSpan(
        path.slice(1),
        {
          role: 'server',
          parent,
          attributes: toAttributes(method),
          ...(host.service !== undefined && { service: host.service }),
        },
        work,
      ),
    );
  };

  if (streamsResponses(method)) {
    const stream: handleServerStreamingCall<Buffer, Buffer> = (call) => {
      traced(call, (span) =>
        forward(
          call,
          span,
          (upstream) => sendStream(path, call, upstream),
          (status) => {
            call.emit('error', status);
          },
        ),
      );
    };
    return stream as UntypedHandleCall;
  }
  const unary: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    traced(call, (span) =>
      forward(
        call,
        span,
        async (upstream) => {
          callback(null, await sendUnary(path, call.request, upstream), upstream.trailer);
        },
        (status) => {
          callback(status);
        },
      ),
    );
  };
  return unary as UntypedHandleCall;
}

interface Upstream {
  readonly admitted: AdmittedCall;
  readonly metadata: Metadata;
  readonly options: CallOptions;
  readonly trailer: Metadata;
  readonly ending: CallEnd;
}

function sendUnary(
  path: string,
  request: Buffer,
  { admitted, metadata, options, trailer, ending }: Upstream,
): Promise<Buffer> {
  return new Promise((ok, fail) => {
    let answer: Buffer | undefined;
    let failure: ServiceError | undefined;
    const running = admitted.connection.client.makeUnaryRequest(
      path,
      same,
      same,
      request,
      metadata,
      options,
      (error, bytes) => {
        answer = bytes;
        failure = error ?? undefined;
      },
    );
    ending.onAbort(() => {
      running.cancel();
    });
    // The status follows the response, with the other server's trailing metadata.
    running.once('status', (status: StatusObject) => {
      ending.onAbort(undefined);
      copy(status.metadata, trailer, PASSED_BACK);
      if (failure === undefined && answer !== undefined) ok(answer);
      else fail(failure ?? new Error(`${path} ended without an answer`));
    });
  });
}

async function sendStream(
  path: string,
  call: ServerWritableStream<Buffer, Buffer>,
  { admitted, metadata, options, trailer, ending }: Upstream,
): Promise<void> {
  const running = admitted.connection.client.makeServerStreamRequest(
    path,
    same,
    same,
    call.request,
    metadata,
    options,
  );
  const { signal } = ending;
  ending.onAbort(() => {
    running.cancel();
  });
  running.once('status', (status: StatusObject) => {
    copy(status.metadata, trailer, PASSED_BACK);
  });
  try {
    for await (const message of running)
      if (!call.write(message as Buffer)) await once(call, 'drain', { signal });
    signal.throwIfAborted();
    call.end(trailer);
  } finally {
    ending.onAbort(undefined);
    running.on('error', () => undefined); // the CANCELLED of a stream that was left
    running.cancel();
  }
}

function metadataFor(call: Incoming, authorization: string | undefined): Metadata {
  const metadata = new Metadata();
  copy(call.metadata, metadata, PASSED_ON);
  metadata.set('traceparent', currentTraceparent());
  if (authorization !== undefined) metadata.set('authorization', authorization);
  return metadata;
}

function copy(from: Metadata, to: Metadata, names: readonly string[]): void {
  for (const name of names) for (const value of from.get(name)) to.set(name, value);
}

/**
 * A status of the other server is returned unchanged. A status of the transport gets our own message, without
 * addresses.
 */
function forwardStatus(error: ServiceError, path: string, trailer: Metadata): StatusObject {
  copy(error.metadata, trailer, PASSED_BACK);
  const { code, details } = error;
  return error.metadata.get('grpc-status-details-bin').length > 0
    ? { code, details, metadata: trailer }
    : toStatus(fromStatus(error, path), trailer);
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && 'metadata' in error;

/**
 * A watcher is asked to reconnect to another instance. A call with an end continues until the drain's time is
 * up.
 */
const endsWithDrain = (method: DescMethod): boolean =>
  streamsResponses(method) && getOption(method, resume) === Resume.STATE;

const toEndError = ({ reason }: CallEnd): DomainError =>
  reason instanceof DomainError
    ? reason
    : new DomainError(
        'unavailable',
        'SHUTTING_DOWN',
        'the gateway is shutting down; ask again, another instance answers',
      );
