import { type ArtifactRef, DomainError } from '@noema/kernel';
import type { FeatureMap } from '@noema/saliency';
import type { OpenModel, RowGradients, SampleTensors } from '../src/model/model.ports.js';
import type { EpochPopulation } from '../src/population/population.js';

/** Positions of the input, 2 × 2, and of the layer `conv`, which passes the input on. */
const POSITIONS = 4;
const LAYERS = ['conv', 'dense'] as const;

export const artifact = (uri: string): ArtifactRef => ({ uri, sha256: '0', sizeBytes: 1, mediaType: 'x' });

/** An epoch of a linear model, whose samples lie in one shard. */
export const linearPopulation = (sampleCount: number): EpochPopulation => ({
  projectId: 'project',
  runId: 'run',
  epoch: 3,
  datasetVersionId: 'data',
  sampleCount,
  shards: [{ firstRow: 0, rowCount: sampleCount, inputs: artifact('inputs') }],
  splits: [{ split: 'validation', firstRow: 0, count: sampleCount }],
  layer: 'conv',
  topology: artifact('topology'),
  weights: artifact('weights'),
});

export interface LinearModelOptions {
  /** Inputs [4] of the samples by row. */
  readonly samples: readonly (readonly number[])[];
  /** Weights [4] of each class. */
  readonly weights: readonly (readonly number[])[];
  /** Ground truth by row. Default: no sample has one. */
  readonly classes?: readonly number[];
  /** Default: true. */
  readonly hasGradients?: boolean;
}

/** Builds a model in plain code, whose heat maps can be written down: the scores are weights · input. */
export function linearModel({
  samples,
  weights,
  classes,
  hasGradients = true,
}: LinearModelOptions): OpenModel {
  const width = weights.length;
  const splitRows = (rows: Float32Array): Float32Array[] =>
    Array.from({ length: rows.length / POSITIONS }, (_, i) =>
      rows.subarray(i * POSITIONS, (i + 1) * POSITIONS),
    );
  const scores = (row: Float32Array): number[] =>
    weights.map((of) => of.reduce((sum, weight, i) => sum + weight * row[i]!, 0));
  const softmax = (values: readonly number[]): number[] => {
    const powers = values.map((value) => Math.exp(value));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  };
  const toMap = (data: Float32Array): FeatureMap => ({
    data,
    height: 2,
    width: 2,
    channels: 1,
    order: 'hwc',
  });
  const readInput = ({ inputs }: SampleTensors): Float32Array => inputs.get('x')!.data;
  const differentiable = async <T>(result: () => T): Promise<T> => {
    if (hasGradients) return Promise.resolve(result());
    throw new DomainError('unsupported', 'GRADIENT_UNSUPPORTED', 'operator "Strange" has no gradient');
  };
  const toGradients = (row: Float32Array, gradient: readonly number[]): RowGradients => ({
    activations: new Map([['conv', toMap(row)]]),
    gradients: new Map([['conv', toMap(Float32Array.from(gradient))]]),
    input: Float32Array.from(gradient),
  });
  return {
    layers: LAYERS.map((name) => ({
      name,
      kind: name === 'conv' ? 'Conv2D' : 'Dense',
      units: name === 'conv' ? 1 : width,
      positionDims: name === 'conv' ? [2, 2] : [],
      isConvolution: name === 'conv',
    })),
    blocks: [],
    width,
    input: { name: 'x', dims: [2, 2, 1] },
    readTensors({ row }) {
      const inputs = new Map([['x', { data: Float32Array.from(samples[row]!), dims: [2, 2, 1] }]]);
      if (classes === undefined) return Promise.resolve({ inputs });
      const truth = Float32Array.from({ length: width }, (_, i) => Number(i === classes[row]));
      return Promise.resolve({ inputs, targets: new Map([['y', { data: truth, dims: [width] }]]) });
    },
    predict: (_sample, rows) =>
      Promise.resolve(Float32Array.from(splitRows(rows).flatMap((row) => softmax(scores(row))))),
    score: (_sample, rows) => Promise.resolve(Float32Array.from(splitRows(rows).flatMap(scores))),
    scoreGradients: (_sample, query) =>
      differentiable(() =>
        splitRows(query.rows).map((row, i) => toGradients(row, weights[query.classes[i]!]!)),
      ),
    classGradients: (sample, query) =>
      differentiable(() => ({
        activation: toMap(readInput(sample)),
        gradients: query.classes.map((index) => toMap(Float32Array.from(weights[index]!))),
      })),
    gradientsAt: (_sample, query) =>
      differentiable(() => ({
        scores: Float32Array.from(splitRows(query.activations).flatMap(scores)),
        gradients: query.classes.map((index) => Float32Array.from(weights[index]!)),
      })),
    lossGradients: (sample, { rows }) =>
      differentiable(() =>
        splitRows(rows).map((row) => {
          const truth = sample.targets!.get('y')!.data;
          const errors = softmax(scores(row)).map((p, i) => p - truth[i]!);
          const gradient = row.map((_, at) => errors.reduce((sum, e, i) => sum + e * weights[i]![at]!, 0));
          return toGradients(row, [...gradient]);
        }),
      ),
    responses: (_sample, { rows }) =>
      Promise.resolve(
        Float32Array.from(splitRows(rows), (row) => row.reduce((sum, value) => sum + value, 0) / POSITIONS),
      ),
    activations: (sample) => Promise.resolve(new Map([['conv', toMap(readInput(sample))]])),
  };
}
