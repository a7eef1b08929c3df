import { readPeakBytes, processTree } from '../process.tree.js';
import { readProcessName } from './process-name.js';

/**
 * The highest resident memory of every process below one, by what it runs; looked at twice a second. Linux
 * only.
 */
export class MemoryPeaks {
  private readonly peaks = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly root: () => number) {
    this.timer = setInterval(() => {
      this.look();
    }, 500);
  }

  /** Bytes by name, the largest first; processes of the same name count by their largest. */
  get all(): readonly (readonly [string, number])[] {
    return [...this.peaks].sort(([, a], [, b]) => b - a);
  }

  forget(): void {
    this.peaks.clear();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const pid of processTree(this.root())?.pids ?? []) {
      const name = readProcessName(pid);
      const bytes = readPeakBytes(pid);
      if (bytes > (this.peaks.get(name) ?? 0)) this.peaks.set(name, bytes);
    }
  }
}
