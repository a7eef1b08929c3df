import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { RunningPlatform } from '@noema/e2e/running-platform';
import { readPeakBytes, processTree } from '../process.tree.js';

const EVERY_MS = 250;
const SETTLE_MS = 5_000;
const SETTLES = 48;
const NEARLY = 0.01;
/**
 * Workers end after two minutes without work and wait without their programs; a platform that has done no work has
 * nothing to give back.
 */
const FRESH_MS = 20_000;
const REST_MS = 150_000;

/** Memory of a worker. */
export interface WorkerMemory {
  readonly name: string;
  /** Largest resident bytes of any process that had the name. */
  readonly peakBytes: number;
  /** Processes that had it, one after another. */
  readonly processes: number;
}

/** Watches the workers of a platform until `end` is called, and gives the memory of each. */
export function watchWorkers(platform: RunningPlatform): { end(): WorkerMemory[] } {
  const peaks = new Map<string, Map<number, number>>();
  const look = (): void => {
    for (const { name, pid } of platform.state().workers) {
      if (pid === undefined) continue;
      const ofName = peaks.get(name) ?? new Map<number, number>();
      peaks.set(name, ofName.set(pid, Math.max(ofName.get(pid) ?? 0, readPeakBytes(pid))));
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    end: () => {
      clearInterval(timer);
      look();
      return [...peaks].map(([name, ofName]) => ({
        name,
        peakBytes: Math.max(...ofName.values()),
        processes: ofName.size,
      }));
    },
  };
}

/**
 * Proportional bytes of all processes of the platform, shared memory counted once, when it is idle and they
 * have stopped changing; after four minutes in any case.
 */
export async function settledBytes(
  platform: RunningPlatform,
  { hasWorked }: { readonly hasWorked: boolean },
): Promise<number> {
  const idleMs = hasWorked ? REST_MS : FRESH_MS;
  let last = 0;
  for (let i = 0; i < SETTLES; i++) {
    await setTimeout(SETTLE_MS);
    const now = (processTree(platform.state().pid)?.pids ?? []).reduce(
      (sum, pid) => sum + proportionalBytes(pid),
      0,
    );
    if ((i + 1) * SETTLE_MS > idleMs && Math.abs(now - last) < NEARLY * now) return now;
    last = now;
  }
  return last;
}

function proportionalBytes(pid: number): number {
  try {
    return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
