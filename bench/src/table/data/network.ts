import {
  initialWeights,
  type LossSpec,
  resident,
  Trainer,
  type TrainingData,
  type Weights,
} from '@noema/engine';
import { model, SIDE, training } from '@noema/example-mnist';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { DataFolder } from './data.folder.js';

/** Digits to train on; the others are for validation. */
export const TRAINING_ROWS = 8_000;
export const CLASSES = 10;
export const BATCH_ROWS = 64;
/**
 * The same weights come out on every machine, because the gradients are added in the order of this many
 * parts.
 */
const PARTS = 2;

export const LOSSES: readonly LossSpec[] = [{ loss: training.loss.name }];

/** The walk's network. */
export const network = (mode: 'training' | 'inference'): CompiledModel =>
  compileLayers(JSON.stringify(model), { mode });

/** A training of the walk's network on the training digits, from its first weights. */
export function createTrainer(images: Float32Array, labels: Uint8Array, seed: number): Trainer {
  const compiled = network('training');
  const n = images.length / (SIDE * SIDE);
  const truth = new Float32Array(n * CLASSES);
  for (let row = 0; row < n; row++) truth[row * CLASSES + labels[row]!] = 1;
  const data: TrainingData = new Map([
    [compiled.inputs[0]!.name, resident(images, [SIDE, SIDE, 1])],
    [`target:${compiled.outputs[0]!.name}`, resident(truth, [CLASSES])],
  ]);
  const { name, config } = training.optimizer;
  return Trainer.create({
    model: compiled,
    losses: LOSSES,
    optimizer: { name, settings: config },
    data,
    rows: Uint32Array.from({ length: TRAINING_ROWS }, (_, i) => i),
    batchSize: BATCH_ROWS,
    seed,
    workers: PARTS,
    weights: initialWeights(compiled, seed),
  });
}

/** The trained weights of the data. */
export function storedWeights(data: DataFolder): Weights {
  const values = data.floats('weights.f32');
  let at = 0;
  return new Map(
    data.network().parameters.map(({ name, dims }) => {
      const size = elementCount(dims);
      return [name, values.subarray(at, (at += size))];
    }),
  );
}
