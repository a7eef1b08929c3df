import { cpus } from 'node:os';
import {
  machineBusyTicks,
  readPeakBytes,
  type ProcessTree,
  processTree,
  resetPeak,
  TICKS_PER_SECOND,
} from '../../process.tree.js';

/**
 * The resources of one turn of a contestant. Processor time and memory include its process and all below it,
 * and are only known on Linux.
 */
export interface Turn {
  readonly wallSeconds: number;
  readonly cpuSeconds?: number;
  readonly peakBytes?: number;
  /**
   * Share of the machine's processor time that went to others meanwhile, from 0 to 1: a quiet machine has
   * little.
   */
  readonly othersShare?: number;
}

const LOOK_EVERY_MS = 250;

/** Measures a turn from outside, the same way for every contestant, whatever it is written in. */
export class TurnMeter {
  private readonly before: ProcessTree | undefined;
  private readonly busyBefore: number;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly begunMs: number;
  private largestSum = 0;

  /** Begins to measure. */
  constructor(private readonly root: number) {
    this.before = processTree(root);
    for (const pid of this.before?.pids ?? []) resetPeak(pid);
    this.busyBefore = this.before === undefined ? 0 : machineBusyTicks();
    // One process alone is measured by the kernel; several are added up time and again.
    this.timer =
      this.before &&
      setInterval(() => {
        this.look();
      }, LOOK_EVERY_MS);
    this.begunMs = performance.now();
  }

  /** Ends measuring. */
  end(): Turn {
    const wallSeconds = (performance.now() - this.begunMs) / 1000;
    const after = processTree(this.root);
    if (this.before === undefined || after === undefined) return { wallSeconds };
    const busy = machineBusyTicks() - this.busyBefore;
    const own = after.ticks - this.before.ticks;
    return {
      wallSeconds,
      cpuSeconds: own / TICKS_PER_SECOND,
      peakBytes: Math.max(readPeakBytes(this.root), this.largestSum, after.residentBytes),
      othersShare: Math.max(0, busy - own) / Math.max(1, wallSeconds * TICKS_PER_SECOND * cpus().length),
    };
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.largestSum = Math.max(this.largestSum, processTree(this.root)?.residentBytes ?? 0);
  }
}
