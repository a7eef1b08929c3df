import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricUnknown } from './metric.errors.js';

/**
 * Declaration of a metric. Names follow Prometheus: they start with `noema_`, end with a unit, and counters
 * end in `_total`.
 */
export interface MetricText<L extends string> {
  readonly name: string;
  /** One human-readable sentence. */
  readonly help: string;
  /** Labels. Keep the number of their values small: no ids of teams, jobs or samples. */
  readonly labels?: readonly L[];
}

/** A metric, for documents and dashboards. */
export interface MetricEntry {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** All metrics of this process, for all applications that it hosts. */
export const metricRegistry: Registry = new Registry();

/** Buckets in seconds, from a fast call to a slow one. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const configuration = <L extends string>({ name, help, labels = [] }: MetricText<L>) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [metricRegistry],
});

/** Declares a counter, once per process. */
export const counter = <L extends string = never>(text: MetricText<L>): Counter<L> =>
  new Counter<L>(configuration(text));

/** Declares a gauge, once per process. */
export const gauge = <L extends string = never>(text: MetricText<L>): Gauge<L> =>
  new Gauge<L>(configuration(text));

/** Declares a histogram of seconds, once per process. Default buckets: 1 ms to 30 s. */
export const histogram = <L extends string = never>(
  text: MetricText<L> & { readonly buckets?: readonly number[] },
): Histogram<L> => new Histogram<L>({ ...configuration(text), buckets: [...(text.buckets ?? CALL_SECONDS)] });

/** Returns every metric that the loaded modules declare, by name. */
export async function listMetrics(): Promise<MetricEntry[]> {
  const metrics = await metricRegistry.getMetricsAsJSON();
  return metrics
    .map(({ name, help, type }) => ({ name, help, type: String(type), labels: listLabels(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Returns the sum of a metric's time series with these labels, for tests and checks. For a histogram, `name`
 * ends in `_count` or `_sum`. Throws `not-found` METRIC_UNKNOWN.
 */
export async function metricValue(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const metric =
    metricRegistry.getSingleMetric(name) ?? metricRegistry.getSingleMetric(name.replace(/_(count|sum)$/, ''));
  if (metric === undefined) throw metricUnknown(name);
  const { values } = (await metric.get()) as {
    readonly values: readonly {
      readonly value: number;
      readonly labels: Readonly<Record<string, unknown>>;
      readonly metricName?: string;
    }[];
  };
  return values
    .filter(
      (v) =>
        (v.metricName ?? name) === name &&
        Object.entries(labels).every(([key, value]) => v.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

const listLabels = (name: string): readonly string[] =>
  (metricRegistry.getSingleMetric(name) as unknown as { readonly labelNames?: readonly string[] } | undefined)
    ?.labelNames ?? [];
