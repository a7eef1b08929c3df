import type { ClaimMoment } from '@noema/jobs';
import { collectGarbage } from '@noema/threads';

/** After this time without work a worker may hold one part in `REST_SHARE` of its memory. */
const REST_MS = 15_000;
const REST_SHARE = 4;
/**
 * After this time without work a worker may hold this much more than before its first shard. State that it
 * keeps until then, such as programs and weights, makes the next request fast.
 */
const IDLE_MS = 120_000;
const IDLE_BYTES = 16 * 2 ** 20;
/** Moments this close are the same one. */
const CLOCK_MS = 1;

export interface MemoryExcess {
  readonly bytes: number;
  readonly limit: number;
}

/** Decides when a worker's process has to end because it holds too much memory. */
export class WorkerMemory {
  private freshBytes = Infinity;
  /** End of the last shards after which garbage was collected. */
  private collectedMs = -Infinity;

  constructor(
    /** Memory that the worker should stay within, for one that has such a limit. */
    private readonly workerBytes: number | undefined,
    private readonly residentBytes: () => number = () => process.memoryUsage.rss(),
    private readonly collect: () => void = collectGarbage,
  ) {}

  /**
   * Returns how much the process holds and may hold, if that is too much. Never for a worker without a
   * finished shard: a process that is too large from the start would do nothing for ever. Collects the
   * garbage of a large process once after its shards: V8 would keep it while the next one fills its memory.
   */
  excess({ idleMs, hasWorked }: ClaimMoment): MemoryExcess | undefined {
    let bytes = this.residentBytes();
    if (!hasWorked) {
      this.freshBytes = Math.min(this.freshBytes, bytes);
      return undefined;
    }
    const endedMs = performance.now() - idleMs;
    if (endedMs > this.collectedMs + CLOCK_MS && bytes > (this.workerBytes ?? Infinity) / REST_SHARE) {
      this.collectedMs = endedMs;
      this.collect();
      bytes = this.residentBytes();
    }
    const limit = this.limitAfter(idleMs);
    return bytes > limit ? { bytes, limit } : undefined;
  }

  private limitAfter(idleMs: number): number {
    const work = this.workerBytes ?? Infinity;
    const rest = idleMs > REST_MS ? work / REST_SHARE : work;
    return idleMs > IDLE_MS ? Math.min(rest, this.freshBytes + IDLE_BYTES) : rest;
  }
}
