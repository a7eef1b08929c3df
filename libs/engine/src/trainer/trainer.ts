import { cancelled, permutation, seededRandom } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { withSpan } from '@noema/observability';
import { elementCount } from '@noema/onnx';
import { KernelMemory } from '@noema/simd';
import { ExitGate } from '../backends/exit.gate.js';
import { countEpoch, countSamples } from '../engine.metrics.js';
import { createOptimizer } from '../optimizers/optimizer.registry.js';
import type { LossSpec } from '../programs/objective.js';
import { type TrainStepProgram, trainStepProgram } from '../programs/train-step.program.js';
import { initialWeights, type Weights, withConstants } from '../programs/weights.js';
import { createSchedule } from '../schedules/schedule.registry.js';
import type { Checkpoint } from './checkpoint.js';
import { gatherWeights, computeLayout, scatterWeights } from './parameter.layout.js';
import { checkpointMisfit, settingInvalid, trainerEnded } from './trainer.errors.js';
import {
  CONTROL_INTS,
  type EpochRequest,
  type KerasName,
  type ScoreBatch,
  STOP_ASKED,
  type TrainerSetup,
} from './trainer.messages.js';
import { towerBytes } from './tower.layout.js';
import { type BatchDone, TrainerThreads } from './trainer.threads.js';
import { checkData, type TrainingData } from './training.data.js';

/** Memory of each thread for the gradients of a tower. */
const MAX_TOWER_BYTES = 2 ** 29;

export interface TrainerOptions {
  /** The model compiled in training mode. */
  readonly model: CompiledModel;
  readonly losses: readonly LossSpec[];
  readonly optimizer: KerasName;
  /** Learning-rate schedule. Default: the optimizer's constant rate. */
  readonly schedule?: KerasName;
  /** Model inputs by name, targets by `target:<output>`. */
  readonly data: TrainingData;
  /** Rows of the data to train on. */
  readonly rows: Uint32Array;
  readonly batchSize: number;
  readonly seed: number;
  /** Threads, each with a part of every batch. */
  readonly workers: number;
  /** Initial weights. Default: the weights of the checkpoint, or drawn from the seed. */
  readonly weights?: Weights;
  readonly checkpoint?: Checkpoint;
  readonly backend?: string;
  /** Computes the loss `integration` and its gradient. */
  readonly score?: ScoreBatch;
}

export interface EpochDone {
  /** From 1. */
  readonly epoch: number;
  /** Mean training loss, with dropout, over the epoch. */
  readonly loss: number;
  /** Rate of the last step. */
  readonly learningRate: number;
}

/**
 * Trains a model, data-parallel: each worker thread differentiates its part of a batch, the gradients are
 * added in a fixed order, and each worker steps its share of the parameters. Same data, seed and number of
 * workers give the same weights bit for bit. Batch normalisation sees the part of one worker. Compute is in
 * the workers; the event loop only hears of batches.
 */
export class Trainer {
  private readonly threads: TrainerThreads;
  private readonly shared: Omit<TrainerSetup, 'worker'>;
  private epochsDone: number;
  private iterations: number;
  private ended = false;
  /** The model with the parameters that the training changes; the others are constants of its graph. */
  private readonly model: CompiledModel;
  private readonly constants: Weights;

  private constructor(private readonly options: TrainerOptions) {
    const { checkpoint, optimizer, schedule, workers, batchSize } = options;
    if (!Number.isSafeInteger(workers) || workers < 1)
      throw settingInvalid('workers', workers, 'a whole number of 1 or more');
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      throw settingInvalid('batch_size', batchSize, 'a whole number of 1 or more');
    if (schedule !== undefined) createSchedule(schedule.name, schedule.settings);
    const { slotCount } = createOptimizer(optimizer.name, optimizer.settings);
    const first = options.weights ?? initialWeights(options.model, options.seed);
    const begin = checkpoint?.weights ?? first;
    checkWeights(options.model, begin);
    const { model, constants } = withConstants(options.model, begin);
    this.model = model;
    this.constants = constants;
    const { program, loss, scale, masks, parameters, targets, tower, scored } = buildProgram({
      ...options,
      model,
    });
    const inTower = new Set(tower?.blocks.flatMap(({ kernel, bias }) => [kernel, bias]));
    const inputs = [
      ...model.inputs.map(({ name, dims }) => ({ name, dims: dims.slice(1) as number[] })),
      // The gradient of a loss outside of the graph is no data.
      ...targets.filter(({ name }) => name !== scored?.target),
    ];
    checkData(options.data, inputs, options.rows);
    const layout = computeLayout(model.parameters);
    const memory = new KernelMemory();
    const floats = (): Float32Array => memory.floats(layout.length);
    const used = new Set(program.inputs.map(({ name }) => name));
    this.shared = {
      workers,
      batchSize,
      loss,
      scale,
      backend: options.backend ?? 'cpu',
      program: program.bytes,
      data: inputs
        .filter(({ name }) => used.has(name))
        .map(({ name }) => ({ name, ...options.data.get(name)! })),
      ...(tower && { tower: { ...tower, data: options.data.get(tower.source)! } }),
      ...(scored && { scored }),
      masks: masks.filter(({ name }) => used.has(name)),
      parameters: layout.spans.map((span, i) => {
        const { parameter, ...rest } = parameters[i]!;
        return { ...span, ...rest, dims: parameter.graphDims, inTower: inTower.has(span.name) };
      }),
      optimizer,
      ...(schedule === undefined ? {} : { schedule }),
      seed: options.seed,
      control: new Int32Array(new SharedArrayBuffer(4 * CONTROL_INTS)),
      gate: ExitGate.own().cells,
      memory: memory.shared,
      flat: floats(),
      gradients: Array.from({ length: workers }, floats),
      slots: Array.from({ length: slotCount }, floats),
      lossSums: memory.doubles(workers),
    };
    this.threads = new TrainerThreads(this.shared);
    this.epochsDone = checkpoint?.epoch ?? 0;
    this.iterations = checkpoint?.iteration ?? 0;
    this.load(checkpoint, first);
  }

  /**
   * Throws `invalid` for settings, losses or data that do not fit the model, `precondition` CHECKPOINT_MISFIT
   * for a checkpoint of another one.
   */
  static create(options: TrainerOptions): Trainer {
    return new Trainer(options);
  }

  /** Epochs done. */
  get epoch(): number {
    return this.epochsDone;
  }

  /**
   * Trains one epoch. Throws `precondition` LOSS_NOT_FINITE with epoch and batch, `cancelled` within one
   * batch of the signal, `unavailable` if a worker crashes. After an error the trainer has ended; start a new
   * one from the last checkpoint.
   */
  async trainEpoch({
    signal,
    onBatch,
  }: {
    readonly signal?: AbortSignal;
    readonly onBatch?: (done: BatchDone) => void;
  } = {}): Promise<EpochDone> {
    if (this.ended) throw trainerEnded();
    if (signal?.aborted === true) throw cancelled('the training');
    const epoch = this.epochsDone + 1;
    const request = this.request(epoch);
    const stop = (): void => {
      Atomics.store(this.shared.control, STOP_ASKED, 1);
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const begunMs = performance.now();
      const reply = await withSpan(
        'train epoch',
        {
          role: 'internal',
          attributes: {
            'noema.engine.backend': this.shared.backend,
            'noema.engine.epoch': epoch,
            'noema.engine.samples': request.order.length,
          },
        },
        () => this.threads.run(request, onBatch, this.options.score),
      );
      if (reply.stopped) throw cancelled('the training');
      countEpoch(this.shared.backend, performance.now() - begunMs);
      countSamples('train', reply.rows);
      this.epochsDone = epoch;
      this.iterations += reply.batches;
      return { epoch, loss: reply.lossSum / reply.rows, learningRate: reply.learningRate };
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Returns the current weights, in TF.js layout. */
  weights(): Weights {
    const learned = gatherWeights(this.model.parameters, this.shared.flat);
    return new Map(
      this.options.model.parameters.map(({ name }) => [
        name,
        (learned.get(name) ?? this.constants.get(name))!,
      ]),
    );
  }

  /**
   * Returns the state from which a later training can continue after the last epoch. Throws `precondition`
   * TRAINER_ENDED during an epoch.
   */
  checkpoint(): Checkpoint {
    if (this.ended) throw trainerEnded();
    const { parameters } = this.model;
    return {
      epoch: this.epochsDone,
      iteration: this.iterations,
      weights: this.weights(),
      slots: this.shared.slots.map((slot) => gatherWeights(parameters, slot)),
    };
  }

  /** Ends the threads after their current work. */
  async close(): Promise<void> {
    this.ended = true;
    await this.threads.close();
  }

  private load(checkpoint: Checkpoint | undefined, first: Weights): void {
    const { parameters } = this.model;
    const { flat, slots } = this.shared;
    if (checkpoint !== undefined && checkpoint.slots.length !== slots.length)
      throw checkpointMisfit(
        `its optimizer keeps ${checkpoint.slots.length} arrays, this one ${slots.length}`,
      );
    scatterWeights(parameters, checkpoint?.weights ?? first, flat);
    slots.forEach((slot, i) => {
      scatterWeights(parameters, checkpoint?.slots[i] ?? new Map(), slot);
    });
  }

  private request(epoch: number): EpochRequest {
    const { rows, seed } = this.options;
    return {
      epoch,
      iteration: this.iterations,
      order: permutation(rows.length, seededRandom(seed, epoch)).map((i) => rows[i]!),
    };
  }
}

function checkWeights({ parameters }: CompiledModel, weights: Weights): void {
  for (const { name, dims } of parameters) {
    const found = weights.get(name)?.length;
    const wanted = elementCount(dims);
    if (found !== wanted)
      throw checkpointMisfit(`weight "${name}" needs ${wanted} numbers and has ${found ?? 'none'}`);
  }
}

/** Kernels compute the gradients of a tower on the CPU, unless they would take too much memory. */
function buildProgram({
  model,
  losses,
  backend = 'cpu',
  batchSize,
  workers,
}: TrainerOptions): TrainStepProgram {
  const made = trainStepProgram(model, losses, { withTower: backend === 'cpu' });
  return made.tower !== undefined && towerBytes(made.tower, Math.ceil(batchSize / workers)) > MAX_TOWER_BYTES
    ? trainStepProgram(model, losses)
    : made;
}
