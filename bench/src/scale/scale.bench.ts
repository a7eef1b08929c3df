import { fileURLToPath } from 'node:url';
import { model } from '@noema/example-mnist';
import type { Bench } from '../bench.js';
import { quantile } from '../statistics.js';
import { forecast } from './forecast.js';
import { queueRate } from './queue-rate.js';
import { type Deployment, findModule, ScalePlatform, type StageTimes } from './scale-platform.js';

const MNIST = fileURLToPath(import.meta.resolve('@noema/example-mnist'));
const DIGITS = Number(process.env['NOEMA_SCALE_DIGITS'] ?? 100_000);
/**
 * The most samples of a shard of digits that pay: fewer questions to the database, and still two dozen parts
 * to share.
 */
const DIGITS_OF_A_SHARD = 4096;
const MANY = Number(process.env['NOEMA_SCALE_SAMPLES'] ?? 1_000_000);
const parts = new Set((process.env['NOEMA_SCALE_PARTS'] ?? 'workers,digits,million,forecast').split(','));

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
/** A network for the made-up samples. */
const smallModel = {
  class_name: 'Sequential',
  config: {
    name: 'small',
    layers: [
      layer('InputLayer', 'image', { batch_input_shape: [null, 8, 8, 1], dtype: 'float32' }),
      layer('Conv2D', 'conv', { filters: 8, kernel_size: [3, 3], activation: 'relu' }),
      layer('Flatten', 'flatten', {}),
      layer('Dense', 'hidden', { units: 32, activation: 'relu' }),
      layer('Dense', 'place', { units: 3, activation: 'softmax' }),
    ],
  },
};

const of = (stages: readonly StageTimes[], name: string): StageTimes =>
  stages.find(({ stage }) => stage === name)!;
const median = (stage: StageTimes): number => quantile(stage.shardSeconds, 0.5);

/**
 * The walk's extraction over worker processes, many samples in bounded memory, and what a cluster would take
 * for a hundred million.
 */
export const scaleBench: Bench = {
  key: 'scale',
  about:
    'extraction over 1, 2 and 4 worker processes of one thread; samples by the million in bounded ' +
    'memory; a forecast for 1 to 256 devices',
  async run(print) {
    let measured: { extractSeconds: number; projectSeconds: number; reduceSeconds: number } | undefined;
    if (parts.has('workers') || parts.has('forecast')) measured = await overWorkers(print);
    if (parts.has('digits'))
      for (const deployment of ['laptop', 'cluster'] as const) await manyDigits(deployment, print);
    if (parts.has('million')) await many(print);
    if (parts.has('forecast') && measured !== undefined) {
      const [one, eight] = [await queueRate(2_000, 1), await queueRate(8_000, 8)];
      print(
        `queue on PostgreSQL with fsync: ${one.toFixed(0)} shards a second for one worker, ` +
          `${eight.toFixed(0)} for eight, all on this machine`,
      );
      forecast({ ...measured, shardsPerSecond: Math.max(one, eight) }, print);
    }
  },
};

async function overWorkers(print: (line: string) => void) {
  let one = 0;
  let last: readonly StageTimes[] = [];
  for (const workers of [1, 2, 4]) {
    const platform = await ScalePlatform.start(workers, { NOEMA_ENGINE_THREADS: '1' });
    try {
      const { id } = await platform.ingest(MNIST, 250);
      await platform.extract(id, model); // once to warm up
      const { extraction } = await platform.extract(id, model);
      const extract = of(extraction, 'extract');
      if (workers === 1) {
        one = extract.seconds;
        last = extraction;
      }
      print(
        `${workers} worker process${workers === 1 ? '' : 'es'}: 10,000 digits in 40 shards in ` +
          `${extract.seconds.toFixed(2)} s, ${(10_000 / extract.seconds).toFixed(0)} samples/s; speed-up ` +
          `${(one / extract.seconds).toFixed(2)}x, efficiency on two cores ` +
          `${(one / extract.seconds / Math.min(workers, 2)).toFixed(2)}`,
      );
    } finally {
      await platform.stop();
    }
  }
  // Taken from one worker alone on the machine: nothing else competes for its core.
  const scale = 2048 / 250;
  return {
    extractSeconds: median(of(last, 'extract')) * scale,
    projectSeconds: median(of(last, 'project')) * scale,
    reduceSeconds: of(last, 'basis').seconds / of(last, 'extract').shardSeconds.length,
  };
}

/**
 * The walk's network over many views of the digits by workers of one thread that have one shard at a time;
 * memory must not grow with their number.
 */
async function manyDigits(deployment: Deployment, print: (line: string) => void): Promise<void> {
  let one = 0;
  for (const workers of [1, 2]) {
    const platform = await ScalePlatform.start(
      workers,
      { NOEMA_ENGINE_THREADS: '1', NOEMA_WORKER_CONCURRENCY: '1' },
      deployment,
    );
    try {
      const { id, stages } = await platform.ingest(findModule('shifted-digits', DIGITS), DIGITS_OF_A_SHARD);
      if (workers === 1)
        print(`${deployment}: ${DIGITS.toLocaleString('en')} digits, moved and noised: ${describe(stages)}`);
      const { extraction, processors } = await platform.extract(id, model);
      const { seconds } = of(extraction, 'extract');
      if (workers === 1) one = seconds;
      print(
        `${deployment}: vectors by ${workers} worker process${workers === 1 ? '' : 'es'}: ` +
          `${describe(extraction)}; ${(DIGITS / seconds).toFixed(0)} samples/s, ` +
          `${(one / seconds).toFixed(2)}x`,
      );
      print(
        `  processor s of the job: ${processors
          .filter(([, used]) => used >= 0.1)
          .map(([name, used]) => `${name} ${used.toFixed(1)}`)
          .join(', ')}`,
      );
      for (const [name, bytes] of platform.peaks.all.slice(0, 8))
        print(`  peak of ${name}: ${(bytes / 2 ** 20).toFixed(0)} MiB`);
    } finally {
      await platform.stop();
    }
  }
}

async function many(print: (line: string) => void): Promise<void> {
  const platform = await ScalePlatform.start(2);
  try {
    const { id, stages } = await platform.ingest(findModule('synthetic', MANY), 2048);
    print(`${MANY.toLocaleString('en')} made-up samples of 8×8: ${describe(stages)}`);
    const { evaluation, extraction } = await platform.extract(id, smallModel);
    print(`evaluated: ${describe(evaluation)}`);
    print(`vectors: ${describe(extraction)}`);
    for (const [name, bytes] of platform.peaks.all.slice(0, 16))
      print(`  peak of ${name}: ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  } finally {
    await platform.stop();
  }
}

const describe = (stages: readonly StageTimes[]): string =>
  stages
    .map(
      ({ stage, seconds, shardSeconds }) =>
        `${stage} ${seconds.toFixed(1)} ` +
        `s${shardSeconds.length > 1 ? ` in ${shardSeconds.length} shards` : ''}`,
    )
    .join(', ');
