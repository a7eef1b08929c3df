import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { traceSpans } from './trace.metrics.js';

export interface SpanQueueOptions {
  /** Maximum number of waiting spans. Further spans are dropped and counted. */
  readonly capacity?: number;
  /** Maximum number of spans per export. */
  readonly batch?: number;
  /** Maximum time that a span waits for others, in milliseconds. */
  readonly delayMs?: number;
  /** Time that `shutdown` gives the collector, in milliseconds. */
  readonly flushMs?: number;
}

/** OpenTelemetry's `ExportResultCode.SUCCESS`. */
const SUCCESS = 0;

/**
 * Queues spans for the collector. Work never waits for it: a full queue drops spans, and an unavailable
 * collector costs only a counter.
 */
export class SpanQueue implements SpanProcessor {
  private readonly waiting: ReadableSpan[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private readonly capacity: number;
  private readonly batch: number;
  private readonly delayMs: number;
  private readonly flushMs: number;

  constructor(
    private readonly exporter: SpanExporter,
    { capacity = 4096, batch = 512, delayMs = 1_000, flushMs = 2_000 }: SpanQueueOptions = {},
  ) {
    [this.capacity, this.batch, this.delayMs, this.flushMs] = [capacity, batch, delayMs, flushMs];
  }

  onStart(): void {
    // Only ended spans are exported.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    if (this.waiting.length >= this.capacity) {
      traceSpans.inc({ outcome: 'dropped' });
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length >= this.batch) void this.send();
    else
      this.timer ??= setTimeout(() => {
        void this.send();
      }, this.delayMs).unref();
  }

  async forceFlush(): Promise<void> {
    while (this.waiting.length > 0 || this.sending !== undefined) await this.send();
  }

  /** Exports the waiting spans within the time limit. The rest is counted as dropped. */
  async shutdown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.forceFlush(),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.flushMs);
      }),
    ]);
    clearTimeout(timer);
    clearTimeout(this.timer);
    const left = this.waiting.splice(0).length;
    if (left > 0) traceSpans.inc({ outcome: 'dropped' }, left);
    void this.exporter.shutdown().catch(() => undefined); // it would wait for answers that nobody gives
  }

  /** Exports one batch at a time, oldest spans first. */
  private send(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.sending ??= this.sendOne().finally(() => {
      this.sending = undefined;
      if (this.waiting.length >= this.batch) void this.send();
      else if (this.waiting.length > 0)
        this.timer ??= setTimeout(() => {
          void this.send();
        }, this.delayMs).unref();
    }));
  }

  private sendOne(): Promise<void> {
    const some = this.waiting.splice(0, this.batch);
    if (some.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.exporter.export(some, ({ code }) => {
        traceSpans.inc({ outcome: Number(code) === SUCCESS ? 'exported' : 'failed' }, some.length);
        resolve();
      });
    });
  }
}
