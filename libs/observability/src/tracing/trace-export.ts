import type { TraceExportOptions } from './trace-export-options.js';

/**
 * Exports the spans of a service from now on. Returns what ends it, which takes two seconds at most. The SDK
 * is loaded only when there is an endpoint.
 */
export async function exportTraces({
  endpoint,
  ...options
}: TraceExportOptions): Promise<() => Promise<void>> {
  if (endpoint === undefined) return () => Promise.resolve();
  const { startOtlpExport } = await import('./otlp-export.js');
  return startOtlpExport({ ...options, url: tracesUrl(endpoint) });
}

/** Where a collector takes traces. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
