import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@noema/testing';
import type { RealNode } from './real-node.js';

/** How often each part was ended, by its name. */
export type FaultCounts = Record<string, number>;

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
  };
}

const ETCD_STOPS_MS = 30_000;
/** In each round of 12 faults these are certain; the others are pods that are drawn. */
const TURNS = 12;
const CERTAIN: Readonly<Record<number, (faults: NodeFaults) => Promise<void>>> = {
  2: (faults) => faults.deletePod('postgres'),
  3: (faults) => faults.restart('kubelet'),
  5: (faults) => faults.deletePod('nats'),
  6: (faults) => faults.restart('containerd'),
  8: (faults) => faults.deletePod('seaweedfs'),
  9: (faults) => faults.stopEtcd(),
};
const CERTAIN_PARTS = ['postgres', 'nats', 'seaweedfs', 'kubelet', 'containerd', 'etcd'];

/** Parts of the node and pods of Noema that end without a warning, drawn from a generator. */
export class NodeFaults {
  readonly counts: FaultCounts = {};
  private pods: readonly Pod[] = [];
  /** Commands that print something when the program serves, and fail until then. */
  private readonly readiness: Readonly<Record<'kubelet' | 'containerd', readonly [string, ...string[]]>>;
  private readonly containerd: readonly string[];

  constructor(
    private readonly node: RealNode,
    private readonly random: () => number,
  ) {
    this.containerd = ['--address', join(node.directory, 'containerd.sock'), '--namespace', 'k8s.io'];
    const health = "fetch('http://127.0.0.1:10248/healthz').then(async (r) => console.log(await r.text()))";
    this.readiness = {
      kubelet: ['node', '--eval', health],
      containerd: ['ctr', ...this.containerd, 'version'],
    };
  }

  /** Ends one part every few seconds until the signal aborts; every program of the node serves again by then. */
  async inject(stop: AbortSignal): Promise<void> {
    for (let turn = 1; !stop.aborted; turn++) {
      await (CERTAIN[turn % TURNS]?.(this) ?? this.deletePod());
      await this.pause(stop);
    }
  }

  /** True when all that is certain has happened. */
  get complete(): boolean {
    return CERTAIN_PARTS.every((name) => (this.counts[name] ?? 0) > 0);
  }

  /**
   * Deletes a pod at once, of the named part if there is a name. A bundled server is killed and deleted, but not by
   * force: Kubernetes would start its successor before it has ended, and two servers would write one volume.
   */
  async deletePod(part?: string): Promise<void> {
    this.pods = await this.listPods();
    const pod = part === undefined ? this.draw() : this.pods.find((one) => findPart(one) === part);
    if (pod === undefined) return;
    const { name } = pod.metadata;
    const bundled = isBundled(pod);
    if (bundled) await this.killContainer(pod);
    const how = bundled ? ['--grace-period=1'] : ['--grace-period=0', '--force'];
    await this.node.kubectl(['delete', 'pod', name, '-n', 'noema', '--wait=false', ...how]);
    this.count(findPart(pod));
  }

  /** Kills a program of the node, which starts again. */
  async restart(program: keyof NodeFaults['readiness']): Promise<void> {
    const again = join(this.node.directory, `${program}.again`);
    await writeFile(again, '');
    await this.signal(program, 'KILL');
    const [command, ...args] = this.readiness[program];
    await waitFor(async () => !existsSync(again) && (await this.node.run(command, args)) !== '', {
      timeoutMs: 120_000,
      intervalMs: 200,
      what: `the new ${program}`,
    });
    this.count(program);
  }

  /** Lets etcd stand still, so that nothing of Kubernetes changes, and kills containers in the meantime. */
  async stopEtcd(): Promise<void> {
    this.pods = await this.listPods();
    await this.signal('etcd', 'STOP');
    try {
      const end = AbortSignal.timeout(ETCD_STOPS_MS);
      while (!end.aborted) {
        await this.pause(end);
        const pod = this.draw();
        if (pod !== undefined && !end.aborted && (await this.killContainer(pod))) this.count(findPart(pod));
      }
    } finally {
      await this.signal('etcd', 'CONT');
    }
    await waitFor(async () => (await this.node.kubectl(['get', '--raw', '/readyz'])) === 'ok', {
      timeoutMs: 120_000,
      intervalMs: 500,
      what: 'the API server after etcd stood still',
    });
    this.count('etcd');
  }

  private async listPods(): Promise<Pod[]> {
    const list = JSON.parse(await this.node.kubectl(['get', 'pods', '-n', 'noema', '-o', 'json'])) as {
      readonly items: readonly Pod[];
    };
    return list.items
      .filter(
        ({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined,
      )
      .filter(({ metadata }) => ['api', 'worker', 'bundled'].includes(metadata.labels?.[COMPONENT] ?? ''));
  }

  private draw(): Pod | undefined {
    return this.pods[Math.floor(this.random() * this.pods.length)];
  }

  /** Kills all processes of a pod's container. False when it has ended. */
  private async killContainer({ status }: Pod): Promise<boolean> {
    const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
    if (id === undefined) return false;
    const kill = ['tasks', 'kill', '--all', '--signal', 'SIGKILL', id];
    return this.node.run('ctr', [...this.containerd, ...kill]).then(
      () => true,
      () => false,
    );
  }

  private async signal(program: string, signal: string): Promise<void> {
    const pid = join(this.node.directory, `${program}.pid`);
    await this.node.run('sh', ['-c', `kill -${signal} "$(cat ${pid})"`]);
  }

  private async pause(stop: AbortSignal): Promise<void> {
    await delay(1_000 + this.random() * 4_000, undefined, { signal: stop }).catch(() => undefined);
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

const COMPONENT = 'app.kubernetes.io/component';
const isBundled = ({ metadata }: Pod): boolean => metadata.labels?.[COMPONENT] === 'bundled';

/** `training`, `training worker`, `postgres`. */
const findPart = ({ metadata: { labels = {} } }: Pod): string =>
  [labels['app.kubernetes.io/name'], ...(labels[COMPONENT] === 'worker' ? ['worker'] : [])].join(' ');
