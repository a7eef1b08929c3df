import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { hostname } from 'node:os';
import { CountedSpanProcessor } from './counted-span.processor.js';
import type { TraceExportOptions } from './trace-export-options.js';
import { addTracer } from './tracers.js';

/** Timeout of one export, including the SDK's retries. */
const EXPORT_MS = 5_000;
const QUIET_MS = 60_000;

/** Creates sampler, batches and exporter of the SDK for one service. */
export function startOtlpExport({
  service,
  role,
  url,
  ratio,
  logger,
}: Omit<TraceExportOptions, 'endpoint'> & { readonly url: string }): () => Promise<void> {
  let quietUntilMs = 0;
  // The SDK reports failed exports here. Its arguments may contain headers, so they are left out.
  const tell = (): void => {
    if (performance.now() < quietUntilMs) return;
    quietUntilMs = performance.now() + QUIET_MS;
    logger.warn(
      { collector: new URL(url).origin },
      'traces could not be exported; the work goes on without them, noema_trace_spans_total counts what ' +
        'is lost',
    );
  };
  diag.setLogger(
    { error: tell, warn: tell, info: () => undefined, debug: () => undefined, verbose: () => undefined },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const spans = new CountedSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS }));
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'noema',
      'noema.role': role,
      'service.instance.id': `${hostname()}:${process.pid}`,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [spans],
  });
  const remove = addTracer(service, provider.getTracer('noema'));
  return async () => {
    remove();
    await spans.shutdown();
  };
}
