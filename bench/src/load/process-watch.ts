import type { PlatformState } from '@noema/standalone';
import { readResidentBytes } from '../process.tree.js';

const EVERY_MS = 2_000;
const LAG = /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? (\S+)$/m;

interface MemorySample {
  readonly atMs: number;
  readonly bytes: number;
}
interface WatchedProcess {
  readonly pid: number;
  readonly samples: MemorySample[];
}

/**
 * Memory of one process: bytes in the beginning, in the middle and in the end, and bytes a minute by which it
 * grew in the second half.
 */
export interface Growth {
  readonly name: string;
  readonly bytes: readonly [number, number, number];
  readonly perMinute: number;
}

/** Looks at the resident memory of every process of a platform, time and again. Linux only. */
export class ProcessWatch {
  private readonly processes = new Map<string, WatchedProcess>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly state: () => PlatformState) {
    this.look();
    this.timer = setInterval(() => {
      this.look();
    }, EVERY_MS);
  }

  stop(): readonly Growth[] {
    clearInterval(this.timer);
    this.look();
    return [...this.processes].map(([name, { samples }]) => ({
      name,
      bytes: [samples[0]!.bytes, samples[Math.floor(samples.length / 2)]!.bytes, samples.at(-1)!.bytes],
      perMinute: slope(samples.slice(Math.floor(samples.length / 2))) * 60_000,
    }));
  }

  private look(): void {
    const { services, workers, servers, pid } = this.state();
    for (const process of [...services, ...workers, ...servers, { name: 'supervisor', pid }]) {
      const known = this.processes.get(process.name);
      const samples = known?.pid === process.pid ? known.samples : [];
      this.processes.set(process.name, { pid: process.pid, samples });
      const bytes = readResidentBytes(process.pid);
      if (bytes > 0) samples.push({ atMs: performance.now(), bytes });
    }
  }
}

/** The largest p99 of the event loop's lag, in milliseconds, by process, as each says on its metrics. */
export async function eventLoopLags({
  services,
  workers,
}: PlatformState): Promise<readonly (readonly [string, number])[]> {
  const asked = await Promise.all(
    [...services, ...workers].map(async ({ name, metricsAddress }): Promise<readonly [string, number]> => {
      if (metricsAddress === undefined || metricsAddress === '') return [name, NaN];
      const text = await fetch(`http://${metricsAddress}/metrics`).then(
        (r) => r.text(),
        () => '',
      );
      return [name, 1000 * Number(LAG.exec(text)?.[1] ?? NaN)];
    }),
  );
  return asked.filter(([, ms]) => Number.isFinite(ms)).sort(([, a], [, b]) => b - a);
}

/** Slope of the line of least squares, bytes a millisecond. */
function slope(samples: readonly MemorySample[]): number {
  const n = samples.length;
  const [meanMs, meanBytes] = [
    samples.reduce((s, l) => s + l.atMs, 0) / n,
    samples.reduce((s, l) => s + l.bytes, 0) / n,
  ];
  const spread = samples.reduce((s, l) => s + (l.atMs - meanMs) ** 2, 0);
  return spread === 0
    ? 0
    : samples.reduce((s, l) => s + (l.atMs - meanMs) * (l.bytes - meanBytes), 0) / spread;
}
