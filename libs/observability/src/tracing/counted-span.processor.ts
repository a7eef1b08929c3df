import { TraceFlags } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { traceSpans } from './trace.metrics.js';

/** Maximum number of spans without a response of the collector. Further spans are dropped and counted. */
const MAX_OPEN_SPANS = 4096;
/** Maximum time that a span waits for others. */
const DELAY_MS = 1_000;
/** Time that `shutdown` gives the collector. */
const FLUSH_MS = 2_000;

/** OpenTelemetry's `ExportResultCode.SUCCESS`. */
const SUCCESS = 0;

/**
 * Exports spans in OpenTelemetry's batches, and counts what becomes of each. Work never waits for the collector:
 * when too many spans are open, further ones are dropped, and an unavailable collector costs only a counter.
 */
export class CountedSpanProcessor implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private open = 0;
  private isClosed = false;

  constructor(exporter: SpanExporter) {
    this.batches = new BatchSpanProcessor({
      exporter: this.counted(exporter),
      maxQueueSize: MAX_OPEN_SPANS,
      scheduledDelayMillis: DELAY_MS,
    });
  }

  onStart(): void {
    // Only ended spans are exported.
  }

  onEnd(span: ReadableSpan): void {
    if (this.isClosed || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.open === MAX_OPEN_SPANS) {
      traceSpans.inc({ outcome: 'dropped' });
      return;
    }
    this.open++;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  /** Exports the waiting spans within the time limit. The rest is counted as dropped. */
  async shutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.batches.shutdown().catch(() => undefined), // a failed export is counted
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FLUSH_MS);
      }),
    ]);
    clearTimeout(timer);
    if (this.open > 0) this.close('dropped', this.open);
    this.isClosed = true;
  }

  private counted(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        exporter.export(spans, (result) => {
          this.close(Number(result.code) === SUCCESS ? 'exported' : 'failed', spans.length);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }

  private close(outcome: 'exported' | 'failed' | 'dropped', count: number): void {
    if (this.isClosed) return; // counted as dropped at the end
    this.open -= count;
    traceSpans.inc({ outcome }, count);
  }
}
