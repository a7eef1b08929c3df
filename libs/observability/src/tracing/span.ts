import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { asDomainError } from '@noema/kernel';
import { newSpanContext, parseTraceparent } from './trace-context.js';
import { findTracer, withTracer } from './tracers.js';

/**
 * Kind of a span: a response, a request, an announcement, the work that an announcement causes, or an
 * internal step.
 */
export type SpanRole = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

export interface SpanOptions {
  readonly role: SpanRole;
  /** Service that does the work. Set it where work starts; default: the service of the surrounding span. */
  readonly service?: string;
  /**
   * `traceparent` of the caller or cause. Without the key: the surrounding span. `undefined` or malformed: no
   * parent.
   */
  readonly parent?: string | undefined;
  /**
   * Bounded facts for readers of the trace: no names, texts or secrets of users, no ids of teams or members.
   */
  readonly attributes?: Attributes;
}

/** A piece of work in a trace, until `end`. */
export interface OpenSpan {
  /** Runs a part of the work. Its calls and log lines belong to the span. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** Sets the name, if it is known only later. */
  rename(name: string): void;
  /** Marks the span as failed, with the reason of the error but never its text. */
  fail(error: unknown): void;
  /** Ends the span. A second call has no effect. */
  end(): void;
}

const KINDS: Readonly<Record<SpanRole, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** An internal step that is not recorded. */
const NOTHING: OpenSpan = {
  run: (work) => work(),
  set: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Opens a span that `end` closes. Without an exporter it only creates ids, and none for an internal step. */
export function openSpan(name: string, options: SpanOptions): OpenSpan {
  const active = context.active();
  const around = 'parent' in options ? causedBy(active, options.parent) : active;
  const tracer = findTracer(options.service, active);
  if (tracer === undefined) return options.role === 'internal' ? NOTHING : unrecorded(around);
  return new RecordedSpan(
    tracer.startSpan(name, { kind: KINDS[options.role], attributes: options.attributes ?? {} }, around),
    withTracer(around, tracer),
  );
}

/** Runs work in a span that ends with it, or with the promise that it returns. */
export function withSpan<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => T): T {
  const span = openSpan(name, options);
  if (span === NOTHING) return work(NOTHING);
  const failed = (error: unknown): never => {
    span.fail(error);
    span.end();
    throw error;
  };
  let result: T;
  try {
    result = span.run(() => work(span));
  } catch (error) {
    return failed(error);
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then((value: unknown) => {
    span.end();
    return value;
  }, failed) as T;
}

function causedBy(active: Context, traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  return parent === undefined ? trace.deleteSpan(active) : trace.setSpanContext(active, parent);
}

/** A span with ids for logs and peers only. */
function unrecorded(around: Context): OpenSpan {
  const own = trace.setSpanContext(around, newSpanContext(trace.getSpanContext(around)));
  return { ...NOTHING, run: (work) => context.with(own, work) };
}

class RecordedSpan implements OpenSpan {
  private readonly own: Context;

  constructor(
    private readonly span: Span,
    around: Context,
  ) {
    this.own = trace.setSpan(around, span);
  }

  run<T>(work: () => T): T {
    return context.with(this.own, work);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  fail(error: unknown): void {
    const { kind, reason } = asDomainError(error);
    if (kind === 'cancelled') return; // whoever left is no failure
    this.span.setAttributes({ 'error.type': reason, 'noema.error.kind': kind });
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
  }

  end(): void {
    if (this.span.isRecording()) this.span.end();
  }
}
