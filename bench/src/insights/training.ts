import {
  Engine,
  initialWeights,
  MAX_BATCH_ROWS,
  toResident,
  resident,
  type ResponsesProgram,
  responsesProgram,
  runRows,
  Trainer,
  type Weights,
} from '@noema/engine';
import type { EpochRecord } from '@noema/insights';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { networkFor } from './networks.js';
import type { Source } from './sources/source.js';

export interface TrainingOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Default: every fifth row is held out. */
  readonly splitCodes?: Uint8Array;
  /** Labels to train and evaluate with; default: the labels of the source. */
  readonly labels?: Int32Array;
  /** Weight of each sample in the loss; empty for 1. */
  readonly weights?: Float32Array;
  readonly batchSize?: number;
  readonly threads?: number;
  /** Default: a small network of our own for the kind of the source. */
  readonly network?: object;
}

/** A network after its last epoch, and its answers after each. */
export interface Training {
  readonly topology: string;
  /** Mean responses, [n, units] float32, row-major. */
  readonly mean: Float32Array;
  /** [n, classes] float32, row-major. */
  readonly probabilities: Float32Array;
  readonly history: readonly EpochRecord[];
}

/** The settings of a training with their defaults. */
export function fillOptions(source: Source, options: TrainingOptions): Required<TrainingOptions> {
  return {
    splitCodes: Uint8Array.from({ length: source.n }, (_, row) => Number(row % 5 === 4)),
    labels: source.labels,
    weights: new Float32Array(),
    batchSize: 64,
    threads: 2,
    network: networkFor(source),
    ...options,
  };
}

/** Trains a network on a source with our engine. Seeded. */
export async function train(source: Source, options: Required<TrainingOptions>): Promise<Training> {
  const topology = JSON.stringify(options.network);
  const trainer = createTrainer(compileLayers(topology, { mode: 'training' }), source, options);
  const compiled = compileLayers(topology, { mode: 'inference' });
  const engine = Engine.start();
  const history: EpochRecord[] = [];
  let last: Answers | undefined;
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    await trainer.trainEpoch();
    last = await answer(engine, responsesProgram(compiled, trainer.weights()), source.inputs, source);
    history.push({ epoch, ...judge(last.probabilities, options.labels, source.classNames.length) });
  }
  await trainer.close();
  await engine.close();
  return { topology, history, ...last! };
}

function createTrainer(
  model: CompiledModel,
  { inputs, n, shape, classNames }: Source,
  { labels, splitCodes, seed, threads, batchSize, weights }: Required<TrainingOptions>,
): Trainer {
  const width = classNames.length;
  const truth = new Float32Array(n * width);
  for (let row = 0; row < n; row++)
    if (labels[row]! >= 0) truth[row * width + labels[row]!] = weights[row] ?? 1;
  return Trainer.create({
    model,
    losses: [{ loss: 'categorical_crossentropy' }],
    optimizer: { name: 'adam', settings: { learning_rate: 0.001 } },
    data: new Map([
      [model.inputs[0]!.name, resident(inputs, shape)],
      [`target:${model.outputs[0]!.name}`, resident(truth, [width])],
    ]),
    rows: Uint32Array.from([...splitCodes.keys()].filter((row) => splitCodes[row] === 0)),
    batchSize,
    seed,
    workers: threads,
    weights: initialWeights(model, seed) satisfies Weights,
  });
}

interface Answers {
  readonly mean: Float32Array;
  readonly probabilities: Float32Array;
}

/** Returns mean responses and probabilities of inputs. */
async function answer(
  engine: Engine,
  { program, layers, means, predictions }: ResponsesProgram,
  inputs: Float32Array,
  { shape, classNames }: Source,
): Promise<Answers> {
  const rows = inputs.length / shape.reduce((product, dim) => product * dim, 1);
  const units = layers.reduce((sum, { layer }) => sum + layer.units, 0);
  const [mean, scores] = [toResident(rows, [units]), toResident(rows, [classNames.length])];
  await runRows(engine, program, {
    rows,
    batchSize: MAX_BATCH_ROWS,
    feeds: new Map([[program.inputs[0]!.name, resident(inputs, shape)]]),
    into: [
      { output: means!, target: mean },
      { output: predictions[0]!, target: scores },
    ],
  });
  return { mean: mean.data, probabilities: scores.data };
}

function judge(probabilities: Float32Array, labels: Int32Array, width: number): Omit<EpochRecord, 'epoch'> {
  const n = labels.length;
  const [losses, margins] = [new Float32Array(n), new Float32Array(n)];
  const predicted = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    const own = probabilities.subarray(row * width, (row + 1) * width);
    const label = labels[row]!;
    let [best, other] = [0, 0];
    for (let c = 0; c < width; c++) {
      if (own[c]! > own[best]!) best = c;
      if (c !== label) other = Math.max(other, own[c]!);
    }
    predicted[row] = best;
    losses[row] = -Math.log(Math.max(own[label]!, 1e-7));
    margins[row] = Math.log(Math.max(own[label]!, 1e-7)) - Math.log(Math.max(other, 1e-7));
  }
  return { losses, margins, predicted };
}
