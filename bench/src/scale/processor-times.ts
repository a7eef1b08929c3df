import { processTree, ticksOf, TICKS_PER_SECOND } from '../process.tree.js';
import { nameOf } from './process-name.js';

/** Processor time of every process below one since this was made, by what it runs. Linux only. */
export class ProcessorTimes {
  private readonly before: ReadonlyMap<number, number>;

  constructor(private readonly root: number) {
    this.before = ticksBelow(root);
  }

  /** Seconds of the processes of one name, and of all others together. */
  secondsOf(name: string): { readonly own: number; readonly others: number } {
    let [own, others] = [0, 0];
    for (const [pid, ticks] of ticksBelow(this.root)) {
      const seconds = (ticks - (this.before.get(pid) ?? 0)) / TICKS_PER_SECOND;
      if (nameOf(pid) === name) own += seconds;
      else others += seconds;
    }
    return { own, others };
  }
}

const ticksBelow = (root: number): ReadonlyMap<number, number> => new Map((processTree(root)?.pids ?? []).map((pid) => [pid, ticksOf(pid)]));
