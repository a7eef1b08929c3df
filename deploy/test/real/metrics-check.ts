import { waitFor } from '@noema/testing';
import { metricsIn } from '../prom-query.js';
import { dashboardQueries, readDashboards, type Query } from '../queries.js';
import type { PrometheusClient } from './prometheus.js';
import type { RealNode } from './real-node.js';

/**
 * Metrics of kube-state-metrics, which the alarms on Deployments and migrations need. The node does not run it: it
 * cannot be built from the Go module proxy of every machine.
 */
const OF_STATE_METRICS = /^kube_(deployment|job)_/;
/** Scrapes and evaluations come every 30 s; a new pod is found within seconds. */
const PATIENCE_MS = 180_000;

interface RuleObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  };
}
interface ScrapedPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: {
    readonly containers: readonly { readonly ports?: readonly { readonly name?: string }[] }[];
  };
  readonly status: { readonly phase: string };
}

/** The alarms of the PrometheusRules in the cluster. */
async function listAlarms(node: RealNode): Promise<Query[]> {
  const { items } = JSON.parse(await node.kubectl(['get', 'prometheusrules', '-A', '-o', 'json'])) as {
    readonly items: readonly RuleObject[];
  };
  return items.flatMap(({ metadata: { name }, spec: { groups } }) =>
    groups.flatMap(({ rules }) =>
      rules.map(({ alert, expr }) => ({ where: `${name}: ${alert}`, text: expr })),
    ),
  );
}

/** Waits until Prometheus has evaluated every alarm of the cluster without an error. */
export async function rulesCheck(node: RealNode, prometheus: PrometheusClient): Promise<string> {
  const alarms = (await listAlarms(node)).map(({ where }) => where.split(': ')[1]!);
  const loaded = await waitFor(
    async () => {
      const rules = await prometheus.rules();
      const names = new Set(rules.map(({ name }) => name));
      const absent = alarms.filter((name) => !names.has(name));
      if (absent.length > 0) throw new Error(`not loaded: ${absent.join(', ')}`);
      const ill = rules.filter(({ health, lastError = '' }) => health !== 'ok' || lastError !== '');
      if (ill.length > 0) throw new Error(`not evaluated: ${JSON.stringify(ill)}`);
      return rules;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 2_000, what: 'the evaluation of every alarm' },
  );
  if (loaded.length === 0) throw new Error('Prometheus has no rule');
  return `${loaded.length} rules are loaded and evaluated without an error`;
}

/**
 * Waits until every running pod of the installation that has a port for metrics, and every other target, is up.
 * Returns how many of each there are, and the most series of one target.
 */
export async function targetsCheck(node: RealNode, prometheus: PrometheusClient): Promise<string> {
  const found = await waitFor(
    async () => {
      const { items } = JSON.parse(await node.kubectl(['get', 'pods', '-n', 'noema', '-o', 'json'])) as {
        readonly items: readonly ScrapedPod[];
      };
      const pods = items
        .filter(
          ({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined,
        )
        .filter(({ spec }) =>
          spec.containers.some(({ ports = [] }) => ports.some((p) => p.name === 'metrics')),
        )
        .map(({ metadata }) => metadata.name);
      const targets = await prometheus.targets();
      const down = targets.filter(({ health }) => health !== 'up');
      if (down.length > 0) throw new Error(`not up: ${JSON.stringify(down)}`);
      const scraped = targets.flatMap(({ labels }) => labels['pod'] ?? []);
      const faults = pods.filter((pod) => scraped.filter((one) => one === pod).length !== 1);
      if (faults.length > 0) throw new Error(`not scraped once: ${faults.join(', ')}`);
      return { pods, others: targets.length - pods.length };
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 2_000, what: 'every target' },
  );
  if (found.pods.length === 0) throw new Error('no pod of the installation is scraped');
  const [sizes] = await prometheus.query(['topk(1, scrape_samples_scraped{namespace="noema"})']);
  if (sizes === undefined || typeof sizes === 'string')
    throw new Error(`no size of a scrape: ${String(sizes)}`);
  return (
    `${found.pods.length} pods of the installation and ${found.others} other targets are up; most series: ` +
    sizes.map(({ metric, value: [, count] }) => `${count} of ${String(metric['pod'])}`).join()
  );
}

/**
 * Runs every query of the dashboards and the alarms, again until two scrapes have seen the last work. Throws with the
 * queries that Prometheus refuses, the ones that read a metric that no target declares, and the numbers of dashboards
 * that are absent. Returns a line with the counts and one for each query without a series.
 */
export const queriesCheck = (node: RealNode, prometheus: PrometheusClient): Promise<string[]> =>
  waitFor(() => runQueries(node, prometheus), {
    ...{ timeoutMs: PATIENCE_MS, intervalMs: 5_000, what: 'every query' },
  });

async function runQueries(node: RealNode, prometheus: PrometheusClient): Promise<string[]> {
  const queries = [
    ...(await dashboardQueries()).map(({ text, ...query }) => ({
      ...query,
      text: text.replaceAll('$namespace', 'noema'),
    })),
    ...(await listAlarms(node)),
  ];
  const results = await prometheus.query(queries.map(({ text }) => text));
  const declared = await prometheus.declaredMetrics();
  const isDeclared = (name: string): boolean =>
    declared.has(name) || declared.has(name.replace(/_(bucket|sum|count)$/, ''));
  const faults: string[] = [];
  const empty: string[] = [];
  for (const [at, { where, text, isStat = false }] of queries.entries()) {
    const result = results[at]!;
    if (typeof result === 'string') faults.push(`${where}: ${result}`);
    if (result.length === 0 && isStat) faults.push(`${where}: shows no number`);
    for (const name of metricsIn(text))
      if (!isDeclared(name) && !OF_STATE_METRICS.test(name)) faults.push(`${where}: no target has ${name}`);
    if (result.length === 0) empty.push(where);
  }
  for (const [file, { templating }] of await readDashboards())
    for (const { query } of templating.list) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
      if (metric !== '' && !(await prometheus.labelValues(label, metric)).includes('noema'))
        faults.push(`${file}: ${query} does not list noema`);
    }
  if (faults.length > 0)
    throw new Error(`${faults.length} faults of ${queries.length} queries: ${faults.join('; ')}`);
  return [
    `${queries.length} queries of dashboards and alarms run, ${queries.length - empty.length} return series`,
    ...empty.map((where) => `no series: ${where}`),
  ];
}
