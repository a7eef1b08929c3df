import { readFile } from 'node:fs/promises';
import { listMetrics, measureRuntime, type MetricEntry } from '@noema/observability';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseMatchers, metricsIn } from './prom-query.js';
import { alarmQueries, dashboardQueries, type Query, readAlarms, readDashboards } from './queries.js';

// Loading the services declares their metrics.
import '@noema/activations';
import '@noema/datasets';
import '@noema/explanations';
import '@noema/gateway';
import '@noema/projection';
import '@noema/similarity';
import '@noema/training';
import '@noema/workspace';

const ROOT = new URL('../../../', import.meta.url);
/** Metrics of volumes that the kubelet reports. */
const FOREIGN = new Set(['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes']);
/** Labels that Prometheus adds to what it scrapes. */
const ADDED = new Set(['namespace', 'pod', 'le']);

let metrics: Map<string, MetricEntry>;
let queries: Query[];

beforeAll(async () => {
  measureRuntime();
  metrics = new Map((await listMetrics()).map((m) => [m.name, m]));
  queries = [...(await dashboardQueries()), ...(await alarmQueries())];
});

/** The metric that a name in a query belongs to: a histogram is asked by its parts. */
function findMetric(name: string): MetricEntry | undefined {
  const whole = metrics.get(name);
  if (whole !== undefined) return whole.type === 'histogram' ? undefined : whole;
  const part = metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  return part?.type === 'histogram' || part?.type === 'summary' ? part : undefined;
}

describe('dashboards and alarms', () => {
  it('ask for metrics that exist, by labels that these have', () => {
    const faults: string[] = [];
    for (const { where, text } of queries) {
      for (const name of metricsIn(text))
        if (!FOREIGN.has(name) && findMetric(name) === undefined)
          faults.push(`${where}: there is no ${name}`);
      for (const { metric, label } of parseMatchers(text)) {
        if (!ADDED.has(label) && !FOREIGN.has(metric) && findMetric(metric)?.labels.includes(label) !== true)
          faults.push(`${where}: ${metric} has no label ${label}`);
      }
    }
    expect(faults).toEqual([]);
    expect(queries.length).toBeGreaterThan(80);
  });
  it('find a metric that is not there', () => {
    expect(
      metricsIn(
        'sum by (service) (rate(noema_gone_total{kind="a"}[5m])) / on (pod) group_left (role) time()',
      ),
    ).toEqual(['noema_gone_total']);
    expect(findMetric('noema_gone_total')).toBeUndefined();
    expect(findMetric('noema_http_request_seconds')).toBeUndefined();
  });
  it('are dashboards that Grafana can distinguish', async () => {
    const all = await readDashboards();
    expect(all.map(([file, { uid }]) => [file, `${uid}.json`]).filter(([a, b]) => a !== b)).toEqual([]);
    for (const [, { panels, templating }] of all) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { query } of templating.list)
        if (query.startsWith('label_values')) expect(metrics.has(/\((\w+)/.exec(query)![1]!)).toBe(true);
    }
  });
  it('are alarms with a severity, what happened and what to do', async () => {
    const all = await readAlarms();
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
    for (const { labels, annotations } of all) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(annotations.description).toMatch(/\.$/);
    }
  });
});

describe('docs/metrics.md', () => {
  it('has every metric as declared, and no other', async () => {
    const text = await readFile(new URL('docs/metrics.md', ROOT), 'utf8');
    const rows = text.split('\n').filter((line) => /^\| `/.test(line));
    const wanted = [...metrics.values()]
      .filter(({ name }) => name.startsWith('noema_'))
      .map(
        ({ name, type, labels, help }) =>
          `| \`${name}\` | ${type} | ${labels.map((l) => `\`${l}\``).join(' ')} | ${help} |`,
      );
    expect(rows).toEqual(wanted);
  });
});
