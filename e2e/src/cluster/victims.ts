import { rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@noema/testing';
import type { RunningCluster } from './running-cluster.js';

/** One thing that can be done to one part of the cluster. */
export interface Fault {
  /** Name of a process as `noema status` shows it, or `postgres`. */
  readonly victim: string;
  readonly kind: FaultKind;
  /** How long a stopped process stays so. */
  readonly stoppedMs: number;
}

export type FaultKind = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'crash' | 'wipe';

/** How likely each group is chosen: workers and services most, for they are most of a cluster. */
const GROUPS = [
  { share: 0.4, of: 'workers' },
  { share: 0.3, of: 'services' },
  { share: 0.1, of: 'nats' },
  { share: 0.1, of: 's3' },
  { share: 0.1, of: 'postgres' },
] as const;
const KINDS: Readonly<Record<(typeof GROUPS)[number]['of'], readonly FaultKind[]>> = {
  workers: ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGSTOP'],
  services: ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGSTOP'],
  nats: ['SIGKILL', 'SIGSTOP', 'wipe'],
  s3: ['SIGKILL', 'SIGSTOP'],
  postgres: ['crash', 'SIGKILL', 'SIGSTOP'],
};
const LEASE_MS = 15_000;

/** Chooses what is hurt next; the same numbers choose the same faults in a cluster of the same shape. */
export function chooseFault(cluster: RunningCluster, random: () => number): Fault {
  const { services, workers } = cluster.state();
  let at = random();
  const group = GROUPS.find(({ share }) => (at -= share) < 0)?.of ?? 'workers';
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const victim =
    group === 'workers' ? pick(workers).name : group === 'services' ? pick(services).name : group;
  const kind = pick(KINDS[group]);
  // Some workers sleep past the end of their lease, and find their shard in other hands.
  const longest = group === 'workers' ? LEASE_MS + 5_000 : 4_000;
  return { victim, kind, stoppedMs: Math.round(500 + random() * longest) };
}

/**
 * Does it. Resolves when the deed is done; what was stopped goes on by then. A victim that is away just now
 * is left alone: returns false.
 */
export async function hurt(
  cluster: RunningCluster,
  { victim, kind, stoppedMs }: Fault,
  signal: AbortSignal,
): Promise<boolean> {
  const pid =
    victim === 'postgres'
      ? cluster.state().postgres.pid
      : (cluster.processes().find((p) => p.name === victim)?.pid ?? 0);
  if (pid === 0 || !alive(pid)) return false;
  if (kind === 'wipe') return wipe(cluster, pid);
  // SIGQUIT is PostgreSQL's immediate shutdown: what a crash of the machine leaves.
  if (!send(pid, kind === 'crash' ? 'SIGQUIT' : kind)) return false;
  if (kind === 'SIGSTOP') {
    await delay(stoppedMs, undefined, { signal }).catch(() => undefined);
    send(pid, 'SIGCONT');
  }
  return true;
}

/** Kills NATS and deletes all of its data. Waits for the files of a NATS that has just started. */
async function wipe(cluster: RunningCluster, pid: number): Promise<boolean> {
  const aside = `${cluster.natsFiles}.${pid}`;
  const moved = await waitFor(
    () =>
      rename(cluster.natsFiles, aside).then(
        () => true,
        () => false,
      ),
    { timeoutMs: 10_000, intervalMs: 20 },
  ).catch(() => false);
  send(pid, 'SIGKILL');
  await rm(aside, { recursive: true, force: true });
  return moved;
}

const alive = (pid: number): boolean => send(pid, 0);

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
