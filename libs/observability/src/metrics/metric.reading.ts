import type { Gauge } from 'prom-client';
import { counter, metricRegistry } from './metric.registry.js';

/** Sets gauges when the metrics are read. */
export interface MetricReporter {
  readonly name: string;
  /**
   * Gauges that only this kind of reporter sets. They are reset before each report, so that vanished series
   * are not reported.
   */
  readonly gauges: readonly Pick<Gauge, 'reset'>[];
  readonly report: () => void | Promise<void>;
}

/** Maximum time that a read waits for one reporter. */
const REPORT_MS = 2_000;

const reporters = new Set<MetricReporter>();
let reading: Promise<string> | undefined;

const failures = counter({
  name: 'noema_metrics_report_failures_total',
  help: 'Reads of the metrics in which a reporter failed or was late; its gauges are then absent.',
  labels: ['reporter'],
});

/** Media type of the text. */
export const METRICS_MEDIA_TYPE: string = metricRegistry.contentType;

/** Calls the reporter at every read of the metrics, until the returned function is called. */
export function reportMetrics(reporter: MetricReporter): () => void {
  reporters.add(reporter);
  return () => {
    reporters.delete(reporter);
    for (const own of reporter.gauges) own.reset();
  };
}

/** Returns all metrics of the process in the text format of Prometheus. Concurrent reads share one text. */
export function readMetrics(): Promise<string> {
  return (reading ??= read().finally(() => {
    reading = undefined;
  }));
}

async function read(): Promise<string> {
  for (const { gauges } of reporters) for (const own of gauges) own.reset();
  await Promise.all([...reporters].map(ask));
  return metricRegistry.metrics();
}

/** A reporter that fails or is slow does not block the others. */
async function ask({ name, report }: MetricReporter): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} is late`));
    }, REPORT_MS);
  });
  try {
    await Promise.race([report(), late]);
  } catch {
    failures.inc({ reporter: name });
  } finally {
    clearTimeout(timer);
  }
}
