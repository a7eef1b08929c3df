import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@noema/testing';
import type { WalkPlatform } from './digit-walk.js';
import type { RealNode } from './real-node.js';
import { JOB_SERVICES, listJobs } from './team-jobs.js';

/** Objects of KEDA's own installation, with an image that the node has (`tools/kube.sh node`). */
const OBJECTS = fileURLToPath(new URL('../../../../.tools/kube/keda-objects/', import.meta.url));

/** Installs KEDA's operator and waits until it is ready. */
export async function startKeda(node: RealNode): Promise<void> {
  await node.kubectl(['create', 'namespace', 'keda']);
  // Its definitions are larger than the annotation of a client-side apply.
  await node.kubectl(['apply', '--server-side', '--filename', OBJECTS]);
  await node.kubectl(['-n', 'keda', 'rollout', 'status', 'deploy/keda-operator', '--timeout=300s']);
}

/** Counts the workers of each service while they come and go. */
export class WorkerWatch {
  /** Most workers of a service at the same time. */
  readonly most = new Map<string, number>();
  /** Begin, in milliseconds since 1970, at the resolution of events. */
  readonly since = Math.floor(Date.now() / 1000) * 1000;
  private readonly ended = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly node: RealNode) {
    this.watching = this.watch();
    // `stop` reports it.
    this.watching.catch(() => undefined);
  }

  /** Names of the workers that run or start, by service. */
  async running(): Promise<readonly string[]> {
    const names = await this.node.kubectl([
      ...['get', 'pods', '-n', 'noema', '-l', 'app.kubernetes.io/component=worker'],
      ...['--field-selector', 'status.phase!=Succeeded,status.phase!=Failed'],
      ...['-o', String.raw`jsonpath={range .items[*]}{.metadata.labels.app\.kubernetes\.io/name}{"\n"}{end}`],
    ]);
    return names.split('\n').filter((name) => name !== '');
  }

  /** Waits until no worker is left. */
  async untilNone(timeoutMs: number): Promise<void> {
    await waitFor(async () => (await this.running()).length === 0, {
      ...{ timeoutMs, intervalMs: 1_000, what: 'the end of idle workers' },
    });
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.ended.signal.aborted) {
      const counts = new Map<string, number>();
      for (const name of await this.running()) counts.set(name, (counts.get(name) ?? 0) + 1);
      for (const [name, count] of counts) this.most.set(name, Math.max(count, this.most.get(name) ?? 0));
      await setTimeout(1_000);
    }
  }
}

/**
 * Throws when a job of the team failed or a shard was tried twice, or when the kubelet stopped a worker. Returns how
 * long after a job was accepted its first shard was started and done.
 */
export async function scalingCheck(
  node: RealNode,
  platform: WalkPlatform,
  { most, since }: Pick<WorkerWatch, 'most' | 'since'>,
): Promise<string> {
  const { items } = JSON.parse(
    await node.kubectl(['get', 'events', '-n', 'noema', '--field-selector', 'reason=Killing', '-o', 'json']),
  ) as { items: { readonly involvedObject: { readonly name: string }; readonly lastTimestamp: string }[] };
  const stopped = items
    .filter(({ lastTimestamp }) => Date.parse(lastTimestamp) >= since)
    .map(({ involvedObject }) => involvedObject.name)
    .filter((name) => /^noema-[a-z]+-worker-/.test(name));
  const delays: { kind: string; startS: number; doneS: number }[] = [];
  const faults: string[] = [];
  for (const service of JOB_SERVICES)
    for (const job of await listJobs(platform, service)) {
      if (job.state !== 'JOB_STATE_SUCCEEDED' || job.attempt !== 1)
        faults.push(`${job.kind} ${job.id}: ${job.state}, attempt ${job.attempt}`);
      const { shards = [] } = (await platform.get(`/v1/${service}/jobs/${job.id}/shards`)) as {
        readonly shards?: readonly { readonly endTime?: string }[];
      };
      const ends = shards.flatMap(({ endTime }) => (endTime === undefined ? [] : [Date.parse(endTime)]));
      const [createdMs, startedMs] = [Date.parse(job.createTime), Date.parse(job.startTime)];
      delays.push({
        kind: job.kind,
        startS: (startedMs - createdMs) / 1000,
        doneS: (Math.min(...ends) - createdMs) / 1000,
      });
    }
  if (stopped.length > 0) faults.push(`workers stopped by the kubelet: ${stopped.join(', ')}`);
  if (faults.length > 0) throw new Error(faults.join('; '));
  if (delays.length === 0) throw new Error('no job was found');
  const kinds = [...new Set(delays.map(({ kind }) => kind))];
  const slowest = kinds.map((kind) => {
    const own = delays.filter((delay) => delay.kind === kind);
    const longest = (pick: (delay: (typeof delays)[number]) => number): string =>
      Math.max(...own.map(pick)).toFixed(1);
    return `${kind} ${longest(({ startS }) => startS)} and ${longest(({ doneS }) => doneS)} s`;
  });
  const workers = [...most].map(([name, count]) => `${count} of ${name}`);
  return (
    `${delays.length} jobs at their first attempt, no worker stopped by the kubelet; most workers at the same ` +
    `time: ${workers.join(', ')}; from accepted to the start and the end of the first shard, slowest: ` +
    slowest.join(', ')
  );
}
