import { isAllowed, type Policy, type PolicyPod } from './policy-rules.js';
import type { RealNode } from './real-node.js';

interface Listed<T> {
  readonly items: readonly T[];
}
interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
  };
}
interface Namespace {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** A pod whose process is known, with the ports that something listens at, found in its network. */
interface ListeningPod extends PolicyPod {
  readonly pid: string;
  readonly listening: readonly number[];
}

/** Tries `[address, port]` pairs and prints the ones that accept, as JSON. */
const TRY = `const { connect } = require('node:net');
const pairs = JSON.parse(process.argv[1]);
const accepts = ([host, port]) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 3000 });
  const end = (open) => { socket.destroy(); resolve(open); };
  socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false));
});
Promise.all(pairs.map(accepts)).then((open) => console.log(JSON.stringify(pairs.filter((_, i) => open[i]))));`;

/**
 * Connects from every pod to every port that any other pod listens at, and compares with what the NetworkPolicies of
 * the cluster state. Throws with all differences. Returns how many connections were tried and how many accepted.
 */
export async function networkMatrix(node: RealNode): Promise<string> {
  const list = async <T>(kind: string): Promise<readonly T[]> =>
    (JSON.parse(await node.kubectl(['get', kind, '-A', '-o', 'json'])) as Listed<T>).items;
  const [pods, policies, spaces] = await Promise.all([
    findListeningPods(node, await list<Pod>('pods')),
    list<Policy>('networkpolicies'),
    list<Namespace>('namespaces'),
  ]);
  const namespaces = new Map(spaces.map(({ metadata: { name, labels = {} } }) => [name, labels]));
  const differences: string[] = [];
  let [tried, accepted] = [0, 0];
  for (const from of pods) {
    const targets = pods.filter((to) => to !== from);
    const pairs = targets.flatMap((to) => to.listening.map((port) => [to.address, port] as const));
    const open = new Set(
      (
        JSON.parse(
          await node.run('nsenter', [
            ...['--target', from.pid, '--net', '--', 'node', '--eval', TRY],
            JSON.stringify(pairs),
          ]),
        ) as [string, number][]
      ).map(String),
    );
    tried += pairs.length;
    accepted += open.size;
    for (const to of targets)
      for (const port of to.listening) {
        const isOpen = open.has(String([to.address, port]));
        if (isOpen !== isAllowed(policies, namespaces, from, to, port))
          differences.push(`${from.name} → ${to.name}:${port} is ${isOpen ? 'open' : 'refused'}`);
      }
  }
  if (differences.length > 0)
    throw new Error(
      `${differences.length} of ${tried} connections are not as stated: ${differences.join('; ')}`,
    );
  return `${tried} connections between ${pods.length} pods tried, ${accepted} accepted, all as stated`;
}

/** Pods that run with an address of their own; processes and ports are read below /proc of the node. */
async function findListeningPods(node: RealNode, pods: readonly Pod[]): Promise<ListeningPod[]> {
  const tasks = await node.run('ctr', [
    ...['--address', `${node.directory}/containerd.sock`, '--namespace', 'k8s.io', 'tasks', 'list'],
  ]);
  const pids = new Map(
    tasks.split('\n').map((line) => line.trim().split(/\s+/).slice(0, 2) as [string, string]),
  );
  const found: ListeningPod[] = [];
  for (const { metadata, spec, status } of pods) {
    const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
    const pid = pids.get(id);
    if (status.phase !== 'Running' || spec.hostNetwork === true || pid === undefined) continue;
    const sockets = await node.run('cat', [`/proc/${pid}/net/tcp`, `/proc/${pid}/net/tcp6`]);
    const ports = spec.containers.flatMap((container) => container.ports ?? []);
    found.push({
      ...{ name: metadata.name, namespace: metadata.namespace, labels: metadata.labels ?? {} },
      address: status.podIP!,
      ports: Object.fromEntries(
        ports.flatMap(({ name, containerPort }) => (name ? [[name, containerPort]] : [])),
      ),
      pid,
      listening: listeningPorts(sockets),
    });
  }
  return found;
}

/** Ports of sockets that listen (state 0A), but for the ones of the loopback interface. */
export function listeningPorts(sockets: string): number[] {
  const found = sockets
    .split('\n')
    .map((line) => /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /.exec(line))
    .filter((match) => match !== null)
    .filter(([, address = '']) => !/^(?:0100007F|0{24}01000000)$/.test(address));
  return [...new Set(found.map(([, , port = '']) => Number.parseInt(port, 16)))].sort((a, b) => a - b);
}
