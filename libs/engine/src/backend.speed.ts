import { availableParallelism } from 'node:os';
import { compileLayers } from '@noema/layers';
import { elementCount, float32 } from '@noema/onnx';
import { seededRandom } from '@noema/kernel';
import { Engine } from './engine.js';
import { listTargets, type LossSpec } from './programs/objective.js';
import { responsesProgram } from './programs/responses.program.js';
import { initialWeights } from './programs/weights.js';
import { Trainer } from './trainer/trainer.js';
import type { KerasName } from './trainer/trainer.messages.js';
import { resident, type TrainingData } from './trainer/training.data.js';

/** Input of a measurement: a model and seeded random data. */
export interface SpeedTest {
  /** The model as Keras and TF.js write it, JSON. */
  readonly topology: string;
  readonly losses: readonly LossSpec[];
  readonly optimizer: KerasName;
  /**
   * Maximum time for both measurements, including loading, as far as the runtime can be interrupted: a
   * running batch is finished.
   */
  readonly budgetMs: number;
  /** Number of threads for responses and for training. Default: the number of cores. */
  readonly threads?: number;
}

/** Samples a second, after warming up. */
export interface BackendSpeed {
  /** Mean and maximum of every unit, and the predictions. */
  readonly responses: number;
  /** Steps of the optimizer on batches of 64. */
  readonly training: number;
}

const BATCH_ROWS = 64;
const ROWS = 512;

/**
 * Measures a backend. Throws as `Engine.run` and `Trainer.trainEpoch` do: `unavailable` DEVICE_UNAVAILABLE
 * without its device.
 */
export async function measureBackend(
  backend: string,
  { topology, losses, optimizer, budgetMs, threads = availableParallelism() }: SpeedTest,
): Promise<BackendSpeed> {
  const random = seededRandom(1);
  const numbers = (length: number): Float32Array => Float32Array.from({ length }, random);
  const inference = compileLayers(topology, { mode: 'inference' });
  const weights = initialWeights(inference, 1);
  const begunMs = performance.now();

  const engine = Engine.start({ backend, threads });
  const { program } = responsesProgram(inference, weights, [], engine);
  const feeds = Object.fromEntries(
    inference.inputs.map(({ name, dims }) => [
      name,
      float32(numbers(BATCH_ROWS * elementCount(dims.slice(1) as number[])), [
        BATCH_ROWS,
        ...(dims.slice(1) as number[]),
      ]),
    ]),
  );
  const responses = new RateMeter(begunMs + budgetMs / 2);
  const lane = async (): Promise<void> => {
    do {
      await engine.run(program, feeds);
      responses.count(BATCH_ROWS);
    } while (!responses.isOver);
  };
  try {
    await Promise.all(Array.from({ length: threads + 1 }, lane));
  } finally {
    await engine.close();
  }

  const model = compileLayers(topology, { mode: 'training' });
  const wanted = [
    ...model.inputs.map(({ name, dims }) => ({ name, dims: dims.slice(1) as number[] })),
    ...listTargets(model, losses),
  ];
  const data: TrainingData = new Map(
    wanted.map(({ name, dims }) => [name, resident(numbers(ROWS * elementCount(dims)), dims)]),
  );
  const trainer = Trainer.create({
    model,
    losses,
    optimizer,
    data,
    rows: Uint32Array.from({ length: ROWS }, (_, row) => row),
    batchSize: BATCH_ROWS,
    seed: 1,
    workers: threads,
    weights,
    backend,
  });
  const training = new RateMeter(begunMs + budgetMs);
  const stop = new AbortController();
  const onBatch = (): void => {
    training.count(BATCH_ROWS);
    if (training.isOver) stop.abort();
  };
  try {
    do await trainer.trainEpoch({ signal: stop.signal, onBatch });
    while (!training.isOver);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await trainer.close();
  }
  return { responses: responses.perSecond, training: training.perSecond };
}

/** Counts until an end time. The first item is a warm-up and does not count, unless it is the only one. */
class RateMeter {
  private readonly bornMs = performance.now();
  private first: { readonly ms: number; readonly rows: number } | undefined;
  private lastMs = 0;
  private rows = 0;

  constructor(private readonly endMs: number) {}

  get isOver(): boolean {
    return performance.now() >= this.endMs;
  }

  get perSecond(): number {
    const { first, lastMs, rows, bornMs } = this;
    return first === undefined
      ? 0
      : rows > first.rows
        ? ((rows - first.rows) / (lastMs - first.ms)) * 1000
        : (rows / (lastMs - bornMs)) * 1000;
  }

  count(rows: number): void {
    this.rows += rows;
    this.lastMs = performance.now();
    this.first ??= { ms: this.lastMs, rows };
  }
}
