import { randomFillSync } from 'node:crypto';
import {
  context,
  createContextKey,
  isSpanContextValid,
  type SpanContext,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

// The context follows the awaits of its work, with or without an exporter.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const FIELDS = createContextKey('noema log fields');
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Parses a W3C `traceparent` (Trace Context, level 1). Returns `undefined` for a malformed one, which counts
 * as absent.
 */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined || version === 'ff')
    return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  const span: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(span) ? span : undefined;
}

/** Formats a `traceparent` of version 00. */
export const formatTraceparent = (span: SpanContext): string =>
  `00-${span.traceId}-${span.spanId}-${(span.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;

/** Random bytes for ids. The random source costs much more per call than per byte. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomId(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** Returns the ids of an unrecorded span: a child of the given one, or the root of a new sampled trace. */
export function newSpanContext(parent?: SpanContext): SpanContext {
  return {
    traceId: parent?.traceId ?? randomId(16),
    spanId: randomId(8),
    traceFlags: parent?.traceFlags ?? TraceFlags.SAMPLED,
  };
}

/** Returns the span of the running code. */
export const currentSpan = (): SpanContext | undefined => trace.getSpanContext(context.active());

/**
 * Returns the `traceparent` that makes others children of the running span; outside of a span, one of a new
 * trace.
 */
export const currentTraceparent = (): string => formatTraceparent(currentSpan() ?? newSpanContext());

/** Runs work with fields (team, job, …) that every log line inside it has. */
export function runWithFields<T>(fields: Readonly<Record<string, string>>, work: () => T): T {
  return context.with(context.active().setValue(FIELDS, { ...currentFields(), ...fields }), work);
}

/** Returns the fields that `runWithFields` has set around the running code. */
export const currentFields = (): Readonly<Record<string, string>> =>
  (context.active().getValue(FIELDS) as Record<string, string> | undefined) ?? {};
