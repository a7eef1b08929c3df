import { waitFor } from '@noema/testing';
import { findDigitRun } from './digit-walk.js';
import { gatewayAddress, platformAt } from './gateway-platform.js';
import { operate } from './operate.js';
import type { PrometheusClient } from './prometheus.js';
import type { RealNode } from './real-node.js';

const TEAM = 'alarms';
/** Longer than the condition (60 s), its `for` (2 min), a scrape, an evaluation and a start of NATS. */
const PATIENCE_MS = 600_000;

const secondsSince = (start: number): string => ((performance.now() - start) / 1000).toFixed(0);

/** Throws when an alarm is pending or fires. */
export async function silenceCheck(prometheus: PrometheusClient): Promise<void> {
  const alarms = await prometheus.alarms();
  if (alarms.length > 0) throw new Error(`alarms of an installation at rest: ${JSON.stringify(alarms)}`);
}

async function untilAlarm(prometheus: PrometheusClient, name: string, fires: boolean): Promise<void> {
  await waitFor(
    async () => {
      const alarms = await prometheus.alarms();
      const found = alarms.filter(({ labels }) => labels['alertname'] === name);
      if (found.some(({ state }) => state === 'firing') !== fires) throw new Error(JSON.stringify(alarms));
      return true;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 2_000, what: `${name} ${fires ? 'fires' : 'is resolved'}` },
  );
}

/**
 * Ends the bundled NATS and deletes a team, whose event then waits: NoemaOutboxOld has to fire, and to be resolved once
 * NATS serves again.
 */
export async function outboxAlarm(node: RealNode, prometheus: PrometheusClient): Promise<string> {
  const scale = (replicas: number): Promise<string> =>
    node.kubectl(['-n', 'noema', 'scale', 'statefulset/noema-nats', `--replicas=${replicas}`]);
  const admin = ['--admin-name', 'Eve', '--admin-email', 'eve@example.org'];
  const { team } = await operate(node, 'create-team', '--name', TEAM, ...admin);
  await scale(0);
  let start = performance.now();
  let fired: string;
  try {
    await node.kubectl(['-n', 'noema', 'wait', '--for=delete', 'pod/noema-nats-0', '--timeout=120s']);
    await operate(node, 'delete-team', '--team', team.id, '--confirm', TEAM);
    start = performance.now();
    await untilAlarm(prometheus, 'NoemaOutboxOld', true);
    fired = secondsSince(start);
  } finally {
    await scale(1);
  }
  start = performance.now();
  await untilAlarm(prometheus, 'NoemaOutboxOld', false);
  return `fired ${fired} s after the event, resolved ${secondsSince(start)} s after NATS was started`;
}

/**
 * Moves an object of the store away, reads it once through the gateway, and moves it back: NoemaArtifactsDamaged has
 * to fire for the one read that failed. It stays for 15 minutes, which is not waited for.
 */
export async function artifactAlarm(
  node: RealNode,
  prometheus: PrometheusClient,
  key: string,
): Promise<string> {
  const platform = platformAt(await gatewayAddress(node), key, node.run);
  const { id } = await findDigitRun(platform);
  const { epochs } = await platform.get(`/v1/runs/${id}/epochs`);
  const uri = epochs[0].weights.uri as string;
  const path = `/v1/training/artifacts:read?${new URLSearchParams({ uri }).toString()}`;
  const move = (from: string, to: string): Promise<string> =>
    node.run(
      'kubectl',
      ['exec', '-i', '-n', 'noema', 'noema-seaweedfs-0', '--', 'weed', 'shell'],
      `fs.mv /buckets/noema/${from} /buckets/noema/${to}\n`,
    );
  await move(uri, `${uri}.away`);
  const start = performance.now();
  try {
    const answer = await platform.get(path).then(
      () => 'the bytes',
      (error: unknown) => String(error),
    );
    if (!answer.includes('ARTIFACT_MISSING'))
      throw new Error(`a read of a missing object returned ${answer}`);
    await untilAlarm(prometheus, 'NoemaArtifactsDamaged', true);
  } finally {
    await move(`${uri}.away`, uri);
  }
  return `fired ${secondsSince(start)} s after one read`;
}
