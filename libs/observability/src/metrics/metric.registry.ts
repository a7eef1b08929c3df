import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricUnknown } from './metric.errors.js';

/**
 * What every metric declares. Names follow Prometheus: they begin with `noema_`, a unit stands at the end,
 * counters end in `_total`.
 */
export interface MetricText<L extends string> {
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  /** Keep the number of their values small: no ids of teams, jobs or samples. */
  readonly labels?: readonly L[];
}

/** One metric, as documents and dashboards see it. */
export interface MetricEntry {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** All metrics of this process, whichever applications it hosts. */
export const metricRegistry: Registry = new Registry();

/** From one quick call to a slow one, in seconds. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const configuration = <L extends string>({ name, help, labels = [] }: MetricText<L>) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [metricRegistry],
});

/** Declares a counter; once a process. */
export const counter = <L extends string = never>(text: MetricText<L>): Counter<L> =>
  new Counter<L>(configuration(text));

/** Declares a gauge; once a process. */
export const gauge = <L extends string = never>(text: MetricText<L>): Gauge<L> =>
  new Gauge<L>(configuration(text));

/** Declares a histogram of seconds; once a process. Buckets reach from 1 ms to 30 s when left out. */
export const histogram = <L extends string = never>(
  text: MetricText<L> & { readonly buckets?: readonly number[] },
): Histogram<L> => new Histogram<L>({ ...configuration(text), buckets: [...(text.buckets ?? CALL_SECONDS)] });

/** Every metric that the loaded modules declare, by name. */
export async function listMetrics(): Promise<MetricEntry[]> {
  const metrics = await metricRegistry.getMetricsAsJSON();
  return metrics
    .map(({ name, help, type }) => ({ name, help, type: String(type), labels: labelsOf(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The sum of the time series of a metric that have these labels, for tests and checks; of a histogram, `name`
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

const labelsOf = (name: string): readonly string[] =>
  (metricRegistry.getSingleMetric(name) as unknown as { readonly labelNames?: readonly string[] } | undefined)
    ?.labelNames ?? [];
