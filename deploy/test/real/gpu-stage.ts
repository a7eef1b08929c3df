import { join } from 'node:path';
import { waitFor } from '@noema/testing';
import { check, say } from './checks.js';
import { checkSameArtifacts, collectArtifacts, createDigitRun, findDigitRun } from './digit-walk.js';
import { documentCommands } from './document-commands.js';
import { gatewayAddress, platformAt } from './gateway-platform.js';
import type { RealNode } from './real-node.js';
import { createRuntimeClass } from './sandbox-pods.js';
import { listJobs } from './team-jobs.js';

/** Services whose workers values/gpu.yaml puts on GPUs, with the resource that each requests. */
const RESOURCES = { activations: 'nvidia.com/gpu', explanations: 'nvidia.com/mig-1g.10gb' } as const;
/** Labels of GPU nodes that values/gpu.yaml selects. */
const LABELS = ['nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3', 'nvidia.com/mig.strategy=mixed'];
const RESTARTS = 2;
const PATIENCE_MS = 300_000;

interface WorkerPod {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly lastState: {
        readonly terminated?: { readonly exitCode: number; readonly message?: string };
      };
    }[];
  };
}

/**
 * Upgrades the installation by the command of docs/operations.md on a node without a GPU: workers are not scheduled.
 * Then the node states that it has GPUs, though there is no device: workers are scheduled and refuse to start, while
 * the jobs of a run wait. On processors again, the run gets its maps with the bits of the run of the walk.
 */
export async function gpuStage(
  node: RealNode,
  key: string,
  run: (command: string) => Promise<unknown>,
): Promise<void> {
  await createRuntimeClass(node, 'nvidia');
  await node.kubectl(['label', 'node', 'node1', ...LABELS]);
  await importCudaImages(node);
  for (const command of await documentCommands('### GPUs')) await check(command, () => run(command));
  for (const [service, resource] of Object.entries(RESOURCES))
    await check(`a worker of ${service} waits for a node with ${resource}`, () =>
      untilUnschedulable(node, service, resource),
    );
  await advertise(node);
  const platform = platformAt(await gatewayAddress(node), key, node.run);
  const expected = await collectArtifacts(platform, await findDigitRun(platform));
  const waiting = await createDigitRun(platform, 'gpu');
  for (const [service, resource] of Object.entries(RESOURCES))
    say(
      await check(
        `a worker of ${service} is scheduled where ${resource} is, and refuses to start without it`,
        () => untilRefused(node, service),
      ),
    );
  await check('jobs of a run wait for a GPU', () =>
    waitFor(
      async () => {
        const jobs = await listJobs(platform, 'activations');
        const open = jobs.filter(({ state }) => state !== 'JOB_STATE_SUCCEEDED');
        const bad = open.filter(({ state }) => state !== 'JOB_STATE_QUEUED');
        if (bad.length > 0) throw new Error(`not queued: ${JSON.stringify(bad)}`);
        return open.length === waiting.epochs;
      },
      { timeoutMs: PATIENCE_MS, intervalMs: 1_000, what: 'a waiting job of each epoch' },
    ),
  );
  await check('helm rollback noema -n noema', () =>
    node.run('helm', ['rollback', 'noema', '-n', 'noema', '--wait', '--timeout', '15m']),
  );
  await check('the run has all maps on processors, with the same bits', async () => {
    const found = await collectArtifacts(platform, waiting);
    checkSameArtifacts(expected.hashes, found.hashes, 'after the wait for a GPU');
  });
}

/** The images of the processors under the names of the CUDA images: no image here has the libraries of CUDA. */
async function importCudaImages(node: RealNode): Promise<void> {
  for (const service of Object.keys(RESOURCES))
    await node.run('ctr', [
      ...['--address', join(node.directory, 'containerd.sock'), '--namespace', 'k8s.io', 'images', 'tag'],
      ...[`ghcr.io/noema/${service}:0.1.0`, `ghcr.io/noema/${service}-cuda:0.1.0`],
    ]);
}

/** Extended resources of the node, as Kubernetes documents them for a cluster without a device plugin. */
async function advertise(node: RealNode): Promise<void> {
  const patch = Object.values(RESOURCES).map((resource) => ({
    op: 'add',
    path: `/status/capacity/${resource.replace('/', '~1')}`,
    value: '1',
  }));
  await node.kubectl([
    ...['patch', 'node', 'node1', '--subresource=status', '--type=json', '--patch', JSON.stringify(patch)],
  ]);
}

async function listWorkers(node: RealNode, service: string): Promise<readonly WorkerPod[]> {
  const selector = `app.kubernetes.io/component=worker,app.kubernetes.io/name=${service}`;
  const { items } = JSON.parse(
    await node.kubectl(['get', 'pods', '-n', 'noema', '-l', selector, '-o', 'json']),
  ) as { readonly items: readonly WorkerPod[] };
  return items;
}

async function untilUnschedulable(node: RealNode, service: string, resource: string): Promise<void> {
  await waitFor(
    async () => {
      const pods = await listWorkers(node, service);
      const reasons = pods.map(
        ({ status }) =>
          status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'scheduled',
      );
      if (reasons.length === 0 || !reasons.every((reason) => reason.includes(`Insufficient ${resource}`)))
        throw new Error(JSON.stringify(reasons));
      return true;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 1_000, what: `no node for the worker of ${service}` },
  );
}

/** Returns the message of a worker that was started again without success. */
async function untilRefused(node: RealNode, service: string): Promise<string> {
  return waitFor(
    async () => {
      const pods = await listWorkers(node, service);
      for (const { spec, status } of pods) {
        const { restartCount = 0, lastState } = status.containerStatuses?.[0] ?? {};
        const { exitCode, message = '' } = lastState?.terminated ?? {};
        if (spec.nodeName === 'node1' && restartCount >= RESTARTS && message.includes('device "cuda"'))
          return `exit code ${exitCode}: ${message.trim().split('\n').at(-1)}`;
      }
      throw new Error(JSON.stringify(pods.map(({ status }) => status)));
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 1_000, what: `the refusal of the worker of ${service}` },
  );
}
