import type { Logger } from '../logger.js';

export interface TraceExportOptions {
  /** Name of the service, in every span's resource. */
  readonly service: string;
  /** What of the service this process is: `service`, `worker`. */
  readonly role: string;
  /** URL of a collector; `/v1/traces` is added when it has no path. Nothing is exported without it. */
  readonly endpoint: string | undefined;
  /** Part of the traces beginning here that is exported, 0 to 1. */
  readonly ratio: number;
  readonly logger: Logger;
}

/** Exports the spans of a service from now on. Returns what ends it, which takes two seconds at most. The SDK is loaded only when there is an endpoint. */
export async function exportTraces({ endpoint, ...options }: TraceExportOptions): Promise<() => Promise<void>> {
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
