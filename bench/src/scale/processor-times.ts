import { processTree, readTicks, TICKS_PER_SECOND } from '../process.tree.js';
import { readProcessName } from './process-name.js';

/** Processor time of every process below one since this was made, by what it runs. Linux only. */
export class ProcessorTimes {
  private readonly before: ReadonlyMap<number, number>;

  constructor(private readonly root: number) {
    this.before = ticksBelow(root);
  }

  /** Seconds by what processes run, the most first; processes of the same name together. */
  get all(): readonly (readonly [string, number])[] {
    const seconds = new Map<string, number>();
    for (const [pid, ticks] of ticksBelow(this.root)) {
      const name = readProcessName(pid);
      seconds.set(name, (seconds.get(name) ?? 0) + (ticks - (this.before.get(pid) ?? 0)) / TICKS_PER_SECOND);
    }
    return [...seconds].sort(([, a], [, b]) => b - a);
  }
}

const ticksBelow = (root: number): ReadonlyMap<number, number> =>
  new Map((processTree(root)?.pids ?? []).map((pid) => [pid, readTicks(pid)]));
