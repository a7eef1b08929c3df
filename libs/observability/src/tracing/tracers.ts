import { type Context, createContextKey, type Tracer } from '@opentelemetry/api';

const TRACER = createContextKey('noema tracer');

/** The tracers of the applications of this process that export traces, by service. */
const tracers = new Map<string, Tracer>();

/**
 * Lets a service's spans be recorded from now on; returns what ends it. A second application of the same
 * service changes nothing.
 */
export function addTracer(service: string, tracer: Tracer): () => void {
  if (tracers.has(service)) return () => undefined;
  tracers.set(service, tracer);
  return () => {
    tracers.delete(service);
  };
}

/**
 * The tracer of a service, or of the one that the running work belongs to; `undefined` while nobody exports.
 */
export function tracerOf(service: string | undefined, around: Context): Tracer | undefined {
  if (tracers.size === 0) return undefined;
  if (service !== undefined) return tracers.get(service);
  return around.getValue(TRACER) as Tracer | undefined;
}

/** The context in which spans that name no service are recorded by this tracer. */
export const withTracer = (around: Context, tracer: Tracer): Context => around.setValue(TRACER, tracer);
