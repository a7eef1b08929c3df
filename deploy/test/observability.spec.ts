import { readdir, readFile } from 'node:fs/promises';
import { listMetrics, measureRuntime, type MetricEntry } from '@noema/observability';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseMatchers, metricsIn } from './prom-query.js';

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
/** What others tell of volumes. */
const FOREIGN = new Set(['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes']);
/** Labels that Prometheus adds to what it scrapes. */
const ADDED = new Set(['namespace', 'pod', 'le']);

interface Query {
  readonly where: string;
  readonly text: string;
}

let metrics: Map<string, MetricEntry>;
let queries: Query[];

beforeAll(async () => {
  measureRuntime();
  metrics = new Map((await listMetrics()).map((m) => [m.name, m]));
  queries = [...(await dashboardQueries()), ...(await alertQueries())];
});

const read = async (folder: string): Promise<[string, string][]> => {
  const url = new URL(`deploy/${folder}/`, ROOT);
  return Promise.all(
    (await readdir(url))
      .sort()
      .map(async (file): Promise<[string, string]> => [file, await readFile(new URL(file, url), 'utf8')]),
  );
};

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const dashboards = async () =>
  (await read('dashboards')).map(([file, text]) => [file, JSON.parse(text) as Dashboard] as const);

async function dashboardQueries(): Promise<Query[]> {
  return (await dashboards()).flatMap(([file, { panels }]) =>
    panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ where: `${file}: ${title}`, text: expr })),
    ),
  );
}

interface Rules {
  readonly kind: string;
  readonly spec: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly labels: { readonly severity: string };
        readonly annotations: { readonly summary: string; readonly description: string };
      }[];
    }[];
  };
}

const rules = async () =>
  (await read('alerts')).flatMap(([file, text]) =>
    (parse(text) as Rules).spec.groups.flatMap((group) => group.rules.map((rule) => ({ file, ...rule }))),
  );

const alertQueries = async (): Promise<Query[]> =>
  (await rules()).map(({ file, alert, expr }) => ({ where: `${file}: ${alert}`, text: expr }));

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
  it('are dashboards that Grafana can tell apart', async () => {
    const all = await dashboards();
    expect(all.map(([file, { uid }]) => [file, `${uid}.json`]).filter(([a, b]) => a !== b)).toEqual([]);
    for (const [, { panels, templating }] of all) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { query } of templating.list)
        if (query.startsWith('label_values')) expect(metrics.has(/\((\w+)/.exec(query)![1]!)).toBe(true);
    }
  });
  it('are alarms with a severity, what happened and what to do', async () => {
    const all = await rules();
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
    for (const { labels, annotations } of all) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(annotations.description).toMatch(/\.$/);
    }
  });
});

describe('docs/metrics.md', () => {
  it('has every metric as it is declared, and no other', async () => {
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
