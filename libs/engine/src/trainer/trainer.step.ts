import { elementCount, float32, type TensorData } from '@noema/onnx';
import { type Kernels, kernelsOn } from '@noema/simd';
import type { BackendSession } from '../backends/backend.js';
import { type Optimizer } from '../optimizers/optimizer.js';
import { createOptimizer } from '../optimizers/optimizer.registry.js';
import { createSchedule } from '../schedules/schedule.registry.js';
import type { Barrier } from './barrier.js';
import { DropoutMasks, fillNoise } from './dropout.masks.js';
import { TowerGradients } from './tower.gradients.js';
import {
  type BatchScores,
  type EpochRequest,
  STOP_ASKED,
  STOP_DECIDED,
  type TrainerReply,
  type TrainerSetup,
} from './trainer.messages.js';

/** The rows of one batch that one worker computes. */
interface Part {
  readonly rows: Uint32Array;
  readonly batchRows: number;
}

/**
 * Work of one worker: the gradient of its rows, then, when all are ready, the optimizer's step on its share
 * of every parameter.
 */
export class TrainerStep {
  private readonly kernels: Kernels;
  private readonly optimizer: Optimizer;
  private readonly rateAt: (step: number) => number;
  /**
   * A private copy of the parameters, because the runtime reads no shared memory. The input tensors are views
   * of it.
   */
  private readonly local: Float32Array;
  private readonly parameterFeeds: Readonly<Record<string, TensorData>>;
  private readonly buffers = new Map<string, Float32Array>();
  private readonly masks = new Map<number, DropoutMasks>();
  private readonly fetches: readonly string[];
  /**
   * Output buffer of the runtime, private for the same reason. Allocated once, because a step's gradients are
   * as large as the model.
   */
  private readonly made: Float32Array;
  private readonly results: Readonly<Record<string, TensorData>>;
  private readonly tower: TowerGradients | undefined;
  /** Parameters whose gradient is that of another one. */
  private readonly repeats: readonly {
    readonly to: number;
    readonly from: number;
    readonly length: number;
  }[];

  constructor(
    private readonly setup: TrainerSetup,
    private readonly session: BackendSession,
    private readonly peers: {
      readonly barrier: Barrier;
      /** Computes losses outside of the graph. */
      readonly score: (rows: Uint32Array, predictions: Float32Array) => Promise<BatchScores>;
    },
  ) {
    const { optimizer, schedule, parameters, flat, tower } = setup;
    this.kernels = kernelsOn(setup.memory);
    this.optimizer = createOptimizer(optimizer.name, optimizer.settings);
    this.rateAt =
      schedule === undefined
        ? () => this.optimizer.learningRate
        : createSchedule(schedule.name, schedule.settings);
    this.local = Float32Array.from(flat);
    this.parameterFeeds = Object.fromEntries(
      parameters.map(({ name, dims, offset, length }) => [
        name,
        float32(this.local.subarray(offset, offset + length), dims),
      ]),
    );
    this.made = new Float32Array(flat.length);
    const spans = parameters.flatMap(({ gradient, update, dims, offset, length }) =>
      gradient === undefined && update === undefined
        ? []
        : [{ name: (gradient ?? update)!, dims, offset, length }],
    );
    const firsts = new Map(spans.toReversed().map((span) => [span.name, span]));
    this.results = Object.fromEntries(
      [...firsts].map(([name, { dims, offset, length }]) => [
        name,
        float32(this.made.subarray(offset, offset + length), dims),
      ]),
    );
    this.repeats = spans
      .filter((span) => firsts.get(span.name) !== span)
      .map(({ offset, length, name }) => ({ to: offset, from: firsts.get(name)!.offset, length }));
    this.tower = tower && new TowerGradients(tower, parameters, Math.ceil(setup.batchSize / setup.workers));
    this.fetches = [setup.loss, ...firsts.keys(), ...Object.keys(this.tower?.outputs(1) ?? {})];
  }

  async epoch({ epoch, iteration, order }: EpochRequest, post: (reply: TrainerReply) => void): Promise<void> {
    const { batchSize, worker, workers, lossSums, control } = this.setup;
    let [lossSum, done, batch, rate, stopped] = [0, 0, 0, 0, false];
    for (; done < order.length && !stopped; batch++) {
      const size = Math.min(batchSize, order.length - done);
      const cut = (k: number): number => done + Math.floor((size * k) / workers);
      lossSums[worker] = await this.differentiate(
        { rows: order.subarray(cut(worker), cut(worker + 1)), batchRows: size },
        epoch,
      );
      if (!this.peers.barrier.wait()) return;
      const loss = lossSums.reduce((a, b) => a + b) / size;
      if (!Number.isFinite(loss)) {
        if (worker === 0) post({ kind: 'not-finite', batch, loss });
        return;
      }
      rate = this.rateAt(iteration + batch);
      this.update(rate, iteration + batch + 1, (k) => (cut(k + 1) - cut(k)) / size);
      if (worker === 0) Atomics.store(control, STOP_DECIDED, Atomics.load(control, STOP_ASKED));
      if (!this.peers.barrier.wait()) return;
      this.local.set(this.setup.flat);
      lossSum += loss * size;
      done += size;
      stopped = Atomics.load(control, STOP_DECIDED) === 1;
      if (worker === 0) post({ kind: 'batch', batch, loss, rows: done });
    }
    if (worker === 0)
      post({ kind: 'done', batches: batch, lossSum, rows: done, learningRate: rate, stopped });
  }

  /** Computes the gradients of the rows into this worker's array; gives the sum of their losses. */
  private async differentiate({ rows, batchRows }: Part, epoch: number): Promise<number> {
    const { worker, loss } = this.setup;
    const own = this.setup.gradients[worker]!;
    if (rows.length === 0) {
      own.fill(0);
      return 0;
    }
    const feeds = this.feeds(rows, batchRows, epoch);
    const lossSum = await this.scoreRows(rows, feeds);
    const outputs = await this.session.run(feeds, this.fetches, {
      ...this.results,
      ...this.tower?.outputs(rows.length),
    });
    for (const { to, from, length } of this.repeats) this.made.copyWithin(to, from, from + length);
    this.tower?.differentiate(rows.length, this.made);
    own.set(this.made);
    return lossSum ?? (outputs[loss]!.data as Float32Array).reduce((a, b) => a + b, 0);
  }

  /**
   * Feeds the gradients of a loss that is computed outside of the graph, from the predictions of a forward pass with
   * the same masks. Returns the sum of the losses, undefined where the graph has the loss.
   */
  private async scoreRows(rows: Uint32Array, feeds: Record<string, TensorData>): Promise<number | undefined> {
    const { scored } = this.setup;
    if (scored === undefined) return undefined;
    const dims = [rows.length, ...scored.dims];
    feeds[scored.target] = float32(new Float32Array(elementCount(dims)), dims);
    const found = await this.session.run(feeds, [scored.prediction]);
    const predictions = (found[scored.prediction]!.data as Float32Array).slice();
    const { losses, gradients } = await this.peers.score(rows.slice(), predictions);
    feeds[scored.target] = float32(gradients, dims);
    return losses.reduce((a, b) => a + b, 0);
  }

  private feeds(rows: Uint32Array, batchRows: number, epoch: number): Record<string, TensorData> {
    const { data, masks, seed, scale } = this.setup;
    const feeds: Record<string, TensorData> = {
      ...this.parameterFeeds,
      ...this.tower?.forward(rows, this.setup.tower!.data, this.local),
    };
    for (const tensor of data) {
      const width = elementCount(tensor.rowDims);
      const values = this.buffer(tensor.name, rows.length * width);
      rows.forEach((row, i) => {
        values.set(tensor.data.subarray(row * width, (row + 1) * width), i * width);
      });
      feeds[tensor.name] = float32(values, [rows.length, ...tensor.rowDims]);
    }
    masks.forEach(({ name, dims, rate, distribution }, mask) => {
      const rowDims = dims.slice(1) as number[];
      const width = elementCount(rowDims);
      const values = this.buffer(name, rows.length * width);
      if (distribution === 'normal')
        rows.forEach((row, i) => {
          fillNoise(values.subarray(i * width, (i + 1) * width), row, { seed, epoch, mask });
        });
      else this.getMasks(width).fill(values, rate, rows, { seed, epoch, mask });
      feeds[name] = float32(values, [rows.length, ...rowDims]);
    });
    feeds[scale] = float32(this.buffer(scale, rows.length).fill(1 / batchRows), [rows.length]);
    return feeds;
  }

  /**
   * Adds the gradients of all workers, always in the same order, and steps, on this worker's share of each
   * parameter.
   */
  private update(rate: number, iteration: number, computeShare: (worker: number) => number): void {
    const { parameters, worker, workers, flat, slots } = this.setup;
    for (const parameter of parameters) {
      const cut = (k: number): number => parameter.offset + Math.floor((parameter.length * k) / workers);
      const range = { from: cut(worker), to: cut(worker + 1) };
      if (parameter.gradient !== undefined || parameter.inTower)
        this.optimizer.step(
          { ...range, kernels: this.kernels, parameters: flat, gradients: this.summed(range), slots },
          rate,
          iteration,
        );
      else if (parameter.update !== undefined) this.replace(range, computeShare);
    }
  }

  private summed({ from, to }: { readonly from: number; readonly to: number }): Float32Array {
    const [first, ...others] = this.setup.gradients as [Float32Array, ...Float32Array[]];
    for (const other of others)
      this.kernels.addTo(first.byteOffset + 4 * from, other.byteOffset + 4 * from, to - from);
    return first;
  }

  /** Moving statistics: the mean of the workers' results, weighted by their rows. */
  private replace(
    { from, to }: { readonly from: number; readonly to: number },
    computeShare: (worker: number) => number,
  ): void {
    const { gradients, flat } = this.setup;
    for (let i = from; i < to; i++) {
      let value = 0;
      for (const [k, found] of gradients.entries()) value += computeShare(k) * found[i]!;
      flat[i] = value;
    }
  }

  private buffer(name: string, length: number): Float32Array {
    const known = this.buffers.get(name);
    if (known !== undefined && known.length >= length) return known.subarray(0, length);
    const made = new Float32Array(length);
    this.buffers.set(name, made);
    return made;
  }

  private getMasks(width: number): DropoutMasks {
    const masks = this.masks.get(width) ?? new DropoutMasks(width);
    this.masks.set(width, masks);
    return masks;
  }
}
