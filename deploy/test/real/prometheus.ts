import type { RealNode } from './real-node.js';

/** Prints the JSON of the responses to GET requests, in order: `node --eval GET base paths`. */
const GET = `const [base, paths] = process.argv.slice(1);
(async () => {
  const responses = [];
  for (const path of JSON.parse(paths))
    responses.push(await (await fetch(base + path, { signal: AbortSignal.timeout(60_000) })).json());
  console.log(JSON.stringify(responses));
})();`;

type Labels = Readonly<Record<string, string>>;

/** A series of the result of an instant query. */
export interface Sample {
  readonly metric: Labels;
  readonly value: readonly [number, string];
}

/** An alarm that is pending or fires. */
export interface ActiveAlarm {
  readonly labels: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
}

/** An address that Prometheus scrapes. */
export interface Target {
  readonly labels: Labels;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** A rule as Prometheus has loaded it. */
export interface LoadedRule {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

type Answer<T> =
  | { readonly status: 'success'; readonly data: T }
  | { readonly status: 'error'; readonly error: string };

/** Client of the HTTP API of the Prometheus in the node. */
export class PrometheusClient {
  constructor(
    private readonly node: RealNode,
    /** `http://host:port` in the network of the node. */
    private readonly address: string,
  ) {}

  /** Runs instant queries. A query that Prometheus refuses has its message as the result. */
  async query(texts: readonly string[]): Promise<(readonly Sample[] | string)[]> {
    const answers = await this.get<{ readonly result: readonly Sample[] }>(
      texts.map((query) => `query?${new URLSearchParams({ query }).toString()}`),
    );
    return answers.map((answer) => (answer.status === 'success' ? answer.data.result : answer.error));
  }

  async rules(): Promise<LoadedRule[]> {
    const { groups } = await this.one<{
      readonly groups: readonly { readonly rules: readonly LoadedRule[] }[];
    }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.one<{ readonly activeTargets: readonly Target[] }>('targets?state=active'))
      .activeTargets;
  }

  async alarms(): Promise<readonly ActiveAlarm[]> {
    return (await this.one<{ readonly alerts: readonly ActiveAlarm[] }>('alerts')).alerts;
  }

  /** Names of the metrics that some target declares, also those without a series yet. */
  async declaredMetrics(): Promise<ReadonlySet<string>> {
    return new Set(Object.keys(await this.one<Readonly<Record<string, unknown>>>('metadata')));
  }

  /** Values that a label has on the series of a metric, as a variable of a dashboard lists them. */
  labelValues(label: string, metric: string): Promise<readonly string[]> {
    return this.one(`label/${label}/values?${new URLSearchParams({ 'match[]': metric }).toString()}`);
  }

  private async one<T>(path: string): Promise<T> {
    const [answer] = await this.get<T>([path]);
    if (answer?.status !== 'success') throw new Error(`Prometheus refuses ${path}: ${String(answer?.error)}`);
    return answer.data;
  }

  private async get<T>(paths: readonly string[]): Promise<Answer<T>[]> {
    const found = await this.node.run('node', [
      ...['--eval', GET, `${this.address}/api/v1/`],
      JSON.stringify(paths),
    ]);
    return JSON.parse(found) as Answer<T>[];
  }
}
