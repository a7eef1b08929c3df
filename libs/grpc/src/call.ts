import { type EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import { type DescMethod, getOption } from '@bufbuild/protobuf';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Principal } from '@noema/auth';
import { Access, access } from '@noema/contracts/noema/type/v1/access';
import { Resume, resume } from '@noema/contracts/noema/type/v1/resume';
import { DomainError } from '@noema/kernel';
import { type Logger, type OpenSpan, runWithFields, withSpan } from '@noema/observability';
import { present } from './authorization.js';
import type { CallGroup } from './call-group.js';
import { countServed } from './call.metrics.js';
import { toAttributes, formatCode, conclude } from './call.trace.js';
import { formatPath, streamsRequests, streamsResponses } from './codec.js';
import type { CallContext } from './handlers.js';
import { checkRequest } from './request.check.js';
import { decodeRequest } from './request.decoding.js';
import { runInSlices } from './slices.js';
import { isPublic, toStatus } from './status.js';

/** A handler method, wrapped in Nest's pipeline. */
export type Invoke = (request: unknown, ctx: CallContext) => unknown;

/** State of the server that every call uses. */
export interface CallHost {
  /** Name of the serving service, for its traces. */
  readonly service: string | undefined;
  readonly logger: Logger;
  /** Aborts when the drain starts. */
  readonly draining: AbortSignal;
  /** Calls that end when the drain starts, or when its time is up. */
  readonly untilDrain: CallGroup;
  /** Calls that continue until the drain's time is up. */
  readonly untilCut: CallGroup;
  authorize(method: DescMethod, metadata: Metadata): Promise<Principal | undefined>;
  /** Throws `exhausted` RATE_LIMITED after a delay. Writes the state of the team's limit to the trailer. */
  limit(principal: Principal, trailer: Metadata, signal: AbortSignal): Promise<void>;
  /** Waits for the call's turn and returns the function that ends it. Throws `exhausted` TEAM_BUSY. */
  enter(
    principal: Principal,
    how: { readonly stream: boolean; readonly signal: AbortSignal },
  ): Promise<() => void>;
  track(done: Promise<void>): void;
}

type AnyCall = {
  readonly metadata: Metadata;
  getPeer(): string;
  getDeadline(): Date | number;
} & EventEmitter;

/** Writes a stream no faster than the peer reads it. Stops at the first cancel. */
async function pump(
  out: ServerWritableStream<unknown, unknown>,
  rows: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for await (const row of rows) {
    if (signal.aborted) return; // leaving the loop runs the generator's finally
    if (!out.write(row)) await once(out, 'drain', { signal });
  }
}

const shuttingDown = (): DomainError =>
  new DomainError(
    'unavailable',
    'SHUTTING_DOWN',
    'the service is shutting down; watch again, another instance answers',
  );

/**
 * The caller's deadline started before ours, by the travel time of the call. A caller that disconnects this
 * shortly before our deadline has reached its own.
 */
export const TRAVEL_MS = 100;

function whyItEnded(call: AnyCall, path: string): DomainError {
  const late = Number(call.getDeadline()) - TRAVEL_MS <= Date.now();
  return late
    ? new DomainError('timeout', 'DEADLINE_EXCEEDED', `${path} did not finish before its deadline`)
    : new DomainError('cancelled', 'CANCELLED', `the caller of ${path} left`);
}

/**
 * Creates the grpc-js handler of one method: token, trace, cancellation and error handling around `invoke`.
 */
export function createHandler(method: DescMethod, invoke: Invoke, host: CallHost): UntypedHandleCall {
  const path = formatPath(method);
  // worth a line in the log
  const changes = ![Access.VIEWER, Access.PUBLIC, Access.UNSPECIFIED].includes(getOption(method, access));

  /** Runs a call to its end. The outcome is a status for the peer, never a rejection. */
  const serve = (
    call: AnyCall,
    work: (ctx: CallContext) => Promise<void>,
    fail: (status: ReturnType<typeof toStatus>) => void,
  ): void => {
    const left = new AbortController();
    const trailer = new Metadata();
    const { signal } = left;
    // grpc-js emits `cancelled` at the end of every call, also of one that was served.
    const onCancelled = (): void => {
      left.abort(whyItEnded(call, path));
    };
    call.once('cancelled', onCancelled);
    host.untilCut.add(left);
    const run = async (span: OpenSpan): Promise<void> => {
      const begun = performance.now();
      let fields: Record<string, string> = { rpc: path };
      let leave: (() => void) | undefined;
      try {
        const principal = await host.authorize(method, call.metadata);
        if (principal !== undefined) await host.limit(principal, trailer, signal);
        const ctx: CallContext = {
          method,
          get principal() {
            return present(principal);
          },
          signal,
          draining: host.draining,
          metadata: call.metadata,
          trailer,
          peer: call.getPeer(),
        };
        if (principal !== undefined)
          fields = { ...fields, team_id: principal.teamId, subject: principal.subject };
        if (principal !== undefined)
          leave = await host.enter(principal, { stream: streamsResponses(method), signal });
        await runWithFields(fields, () => work(ctx));
        conclude(span, 'OK');
        countServed(method, 'OK', performance.now() - begun);
        host.logger[changes ? 'info' : 'debug'](
          { ...fields, ms: Math.round(performance.now() - begun) },
          'call served',
        );
      } catch (error) {
        const reason: unknown = signal.aborted ? signal.reason : error;
        if (!isPublic(reason))
          host.logger.error(
            { ...fields, err: reason },
            'call failed for a reason that the caller does not see',
          );
        else host.logger.debug({ ...fields, kind: reason.kind, reason: reason.reason }, reason.message);
        const code = formatCode(reason);
        conclude(span, code, reason);
        countServed(method, code, performance.now() - begun);
        fail(toStatus(reason, trailer));
      } finally {
        leave?.();
        host.untilCut.delete(left);
        call.removeListener('cancelled', onCancelled);
      }
    };
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
        run,
      ),
    );
  };

  // A plain `for await` over a duplex destroys its writable half at the end of the input.
  const input = async (call: AnyCall): Promise<unknown> => {
    if (streamsRequests(method)) return (call as unknown as Readable).iterator({ destroyOnReturn: false });
    const request = await decodeRequest(
      method.input,
      (call as unknown as { readonly request: Uint8Array }).request,
    );
    await runInSlices(checkRequest(method.input, request));
    return request;
  };

  if (!streamsResponses(method)) {
    const unary: handleUnaryCall<unknown, unknown> = (call, callback) => {
      serve(
        call,
        async (ctx) => {
          const response = await invoke(await input(call), ctx);
          ctx.signal.throwIfAborted(); // what was made after the end may be half of it
          callback(null, response, ctx.trailer);
        },
        (status) => {
          callback(status);
        },
      );
    };
    return unary as handleUnaryCall<unknown, unknown> & handleClientStreamingCall<unknown, unknown>;
  }
  const stream: handleServerStreamingCall<unknown, unknown> = (call) => {
    serve(
      call,
      async (ctx) => {
        await pump(call, (await invoke(await input(call), ctx)) as AsyncIterable<unknown>, ctx.signal);
        ctx.signal.throwIfAborted();
        // A stream of states that the drain ends is not complete: its caller reconnects to another instance.
        if (host.draining.aborted && getOption(method, resume) === Resume.STATE) throw shuttingDown();
        call.end(ctx.trailer);
      },
      (status) => {
        call.emit('error', status);
      },
    );
  };
  return stream as handleServerStreamingCall<unknown, unknown> & handleBidiStreamingCall<unknown, unknown>;
}
