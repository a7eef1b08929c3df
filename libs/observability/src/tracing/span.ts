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
import { tracerOf, withTracer } from './tracers.js';

/**
 * What a span is of: an answer, a question, an announcement, the work that one caused, or a step in between.
 */
export type SpanRole = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

export interface SpanOptions {
  readonly role: SpanRole;
  /** Whose work it is. Name it where work begins; left out, it is the service of the span around. */
  readonly service?: string;
  /**
   * The `traceparent` of the caller or cause; the span around when the key is left out, none when it is
   * `undefined` or damaged.
   */
  readonly parent?: string | undefined;
  /**
   * Bounded facts for whoever reads the trace. No names, texts or secrets of people, no ids of teams or
   * members.
   */
  readonly attributes?: Attributes;
}

/** A piece of work in a trace, from its making to `end`. */
export interface OpenSpan {
  /** Runs a part of the work: what it does and logs belongs to the span. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** Gives it the name that became known on the way. */
  rename(name: string): void;
  /** Marks the span as failed by the reason of the error, never by its text. */
  fail(error: unknown): void;
  /** Ends it; a second end does nothing. */
  end(): void;
}

const KINDS: Readonly<Record<SpanRole, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** A step inside a process that nobody records. */
const NOTHING: OpenSpan = {
  run: (work) => work(),
  set: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/**
 * Begins a span that ends by hand. While nobody exports traces, only ids are made, and none for a step inside
 * a process.
 */
export function openSpan(name: string, options: SpanOptions): OpenSpan {
  const active = context.active();
  const around = 'parent' in options ? causedBy(active, options.parent) : active;
  const tracer = tracerOf(options.service, active);
  if (tracer === undefined) return options.role === 'internal' ? NOTHING : unrecorded(around);
  return new RecordedSpan(
    tracer.startSpan(name, { kind: KINDS[options.role], attributes: options.attributes ?? {} }, around),
    withTracer(around, tracer),
  );
}

/** Runs work in a span that ends with it; the promise counts, when it gives one. */
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

/** Ids for logs and peers, and nothing else. */
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
