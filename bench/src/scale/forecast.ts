import { type Installation, simulate } from './simulation.js';

const SAMPLES = 100_000_000;
const MIB = 2 ** 20;

export interface Measured {
  /** One thread's time for 2,048 samples of the walk's network. */
  readonly extractSeconds: number;
  readonly projectSeconds: number;
  /** Time of the reduction for each shard. */
  readonly reduceSeconds: number;
  /** Claims and commits that the queue did with everything on this machine. */
  readonly shardsPerSecond: number;
}

/** Assumptions that are not measured here; the forecast prints them. */
const ASSUMED = {
  gpuSpeedUp: 50,
  connectionBytesPerSecond: 200 * MIB,
  storeBytesPerSecond: 10 * 1024 * MIB,
  heartbeatSeconds: 5,
} as const;

/**
 * A hundred million samples of the walk's network on 1 to 256 devices: once with devices as fast as the core
 * that was measured, once with assumed GPUs.
 */
export function forecast(
  { extractSeconds, projectSeconds, reduceSeconds, shardsPerSecond }: Measured,
  print: (line: string) => void,
): void {
  print(
    `forecast for ${SAMPLES.toLocaleString('en')} samples; measured: ${extractSeconds.toFixed(2)} s to ` +
      `extract 2,048 on one core, ${projectSeconds.toFixed(2)} s to project, ` +
      `${(1000 * reduceSeconds).toFixed(1)} ms to reduce a shard, ${shardsPerSecond.toFixed(0)} shards/s ` +
      'through the queue',
  );
  print(
    `assumed: ${ASSUMED.connectionBytesPerSecond / MIB} MiB/s a connection and ` +
      `${ASSUMED.storeBytesPerSecond / MIB / 1024} GiB/s in all from the store, a heartbeat every ` +
      `${ASSUMED.heartbeatSeconds} s; a GPU is taken for ${ASSUMED.gpuSpeedUp} cores`,
  );
  for (const [name, speed, rows] of [
    ['cores', 1, 2048],
    ['GPUs', ASSUMED.gpuSpeedUp, 2048],
    ['GPUs, shards of 16,384', ASSUMED.gpuSpeedUp, 16_384],
  ] as const) {
    print(`  on ${name}`);
    const base = play(1, speed, rows);
    for (const workers of [1, 4, 16, 64, 128, 256]) {
      const {
        seconds,
        extractSeconds: extract,
        reduceSeconds: reduce,
        utilization,
        limit,
      } = workers === 1 ? base : play(workers, speed, rows);
      print(
        `    ${String(workers).padStart(3)}: ${duration(seconds)}, of it extraction ` +
          `${duration(extract)} (${(base.extractSeconds / extract).toFixed(1)}x, busy ` +
          `${(100 * utilization).toFixed(0)} %, limit: ${limit}), reduction ${duration(reduce)}`,
      );
    }
  }

  function play(workers: number, speed: number, rows: number) {
    const scale = rows / 2048;
    const installation: Installation = {
      workers,
      shards: Math.ceil(SAMPLES / rows),
      extractSeconds: (extractSeconds * scale) / speed,
      projectSeconds: projectSeconds * scale,
      reduceSeconds,
      transactionsPerSecond: 2 * shardsPerSecond,
      transactionsPerShard: 2,
      heartbeatSeconds: ASSUMED.heartbeatSeconds,
      // 28 × 28 float32 in; mean and maximum of 234 units out. Then the means in and 64 dimensions out.
      extractBytes: rows * (784 + 2 * 234) * 4,
      projectBytes: rows * (2 * 234 + 64) * 4,
      connectionBytesPerSecond: ASSUMED.connectionBytesPerSecond,
      storeBytesPerSecond: ASSUMED.storeBytesPerSecond,
    };
    return simulate(installation);
  }
}

const duration = (seconds: number): string =>
  !Number.isFinite(seconds)
    ? 'never'
    : seconds < 120
      ? `${seconds.toFixed(1)} s`
      : seconds < 7200
        ? `${(seconds / 60).toFixed(1)} min`
        : `${(seconds / 3600).toFixed(1)} h`;
