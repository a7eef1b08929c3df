import { readdirSync, readFileSync } from 'node:fs';
import type { DomainError } from '@noema/kernel';
import { cpuExceeded, memoryExceeded, tasksExceeded } from '../integration/integration.errors.js';
import type { ProcessBounds } from './process.bounds.js';

const EVERY_MS = 50;
/** The kernel counts CPU time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** Current usage of a process and its descendants. */
export interface TreeUse {
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly tasks: number;
}

/** Checks a tree of processes twenty times a second, and reports once when it exceeds its limits. */
export class ProcessWatch {
  private readonly timer: NodeJS.Timeout;
  private cpuAtStart = 0;

  constructor(
    private readonly pid: number,
    private readonly bounds: ProcessBounds,
    private readonly exceeded: (error: DomainError) => void,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, EVERY_MS);
  }

  /** CPU time counts from here. */
  restart(): void {
    this.cpuAtStart = treeUse(this.pid).cpuMs;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { memoryBytes, cpuMs, tasks } = treeUse(this.pid);
    const error =
      memoryBytes > this.bounds.memoryBytes
        ? memoryExceeded(this.bounds.memoryBytes)
        : cpuMs - this.cpuAtStart > this.bounds.cpuMs
          ? cpuExceeded(this.bounds.cpuMs)
          : tasks >= this.bounds.tasks
            ? tasksExceeded(this.bounds.tasks)
            : undefined;
    if (error === undefined) return;
    this.stop();
    this.exceeded(error);
  }
}

/**
 * Memory that is the tree's own (not code that it maps from files), CPU time of the living and of the dead
 * that were waited for, processes and threads.
 */
export function treeUse(pid: number): TreeUse {
  const [total, pids] = [{ memoryBytes: 0, cpuMs: 0, tasks: 0 }, [pid]];
  for (let i = 0; i < pids.length; i++) {
    const directory = `/proc/${pids[i]}`;
    try {
      const status = readFileSync(`${directory}/status`, 'latin1');
      for (const field of ['RssAnon', 'RssShmem', 'VmSwap'])
        total.memoryBytes += 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      total.tasks += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      const stat = readFileSync(`${directory}/stat`, 'latin1');
      const [utime, stime, cutime, cstime] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15)
        .map(Number);
      total.cpuMs += TICK_MS * (utime! + stime! + cutime! + cstime!);
      pids.push(...listChildren(pids[i]!));
    } catch {
      /* it has ended since */
    }
  }
  return total;
}

/** Children of every thread, as the kernel keeps them. */
const listChildren = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );
