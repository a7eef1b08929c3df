import type { TraceExportOptions } from './trace-export-options.js';

/**
 * Exports the spans of a service from now on. Returns the function that stops it within two seconds. Loads
 * the SDK only if there is an endpoint.
 */
export async function exportTraces({
  endpoint,
  ...options
}: TraceExportOptions): Promise<() => Promise<void>> {
  if (endpoint === undefined) return () => Promise.resolve();
  const { startOtlpExport } = await import('./otlp-export.js');
  return startOtlpExport({ ...options, url: tracesUrl(endpoint) });
}

/** Returns the URL at which a collector accepts traces. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
