import { type Context, createContextKey, type Tracer } from '@opentelemetry/api';

const TRACER = createContextKey('noema tracer');

/** Tracers of the applications of this process that export traces, by service. */
const tracers = new Map<string, Tracer>();

/**
 * Records a service's spans from now on. Returns the function that stops it. A second application of the same
 * service has no effect.
 */
export function addTracer(service: string, tracer: Tracer): () => void {
  if (tracers.has(service)) return () => undefined;
  tracers.set(service, tracer);
  return () => {
    tracers.delete(service);
  };
}

/** Returns the tracer of a service, or of the running work; `undefined` without an exporter. */
export function findTracer(service: string | undefined, around: Context): Tracer | undefined {
  if (tracers.size === 0) return undefined;
  if (service !== undefined) return tracers.get(service);
  return around.getValue(TRACER) as Tracer | undefined;
}

/** Returns the context in which this tracer records spans that name no service. */
export const withTracer = (around: Context, tracer: Tracer): Context => around.setValue(TRACER, tracer);
