import { createHash } from 'node:crypto';
import { seededRandom } from '@noema/kernel';
import { elementCount } from '@noema/onnx';
import type { ParameterSpec } from './compiled-model.js';
import type { Initializer } from './initializers.js';

export interface ParameterOptions {
  readonly initializer: Initializer;
  readonly trainable?: boolean;
  /** Axes of the TF.js layout in the graph's order; the same order when absent. */
  readonly permutation?: readonly number[];
  /** Dimensions in the graph when the permuted ones are merged or split. */
  readonly graphDims?: readonly number[];
}

/**
 * A parameter of a layer; its generator is seeded by the run's seed and its own name, so that no other
 * parameter moves its values.
 */
export function parameterSpec(
  layer: string,
  weight: string,
  dims: readonly number[],
  options: ParameterOptions,
): ParameterSpec {
  const name = `${layer}/${weight}`;
  const { permutation, initializer } = options;
  const permuted = permutation?.map((axis) => dims[axis]!) ?? dims;
  const inverse = permutation?.map((_, axis) => permutation.indexOf(axis));
  const stream = createHash('sha256').update(name).digest().readUInt32LE(0);
  return {
    name,
    layer,
    dims,
    graphDims: options.graphDims ?? permuted,
    trainable: options.trainable ?? true,
    initial: (seed) => initializer(dims, seededRandom(seed, stream)),
    toGraph: (data) => (permutation === undefined ? data : permuteAxes(data, dims, permutation)),
    fromGraph: (data) => (inverse === undefined ? data : permuteAxes(data, permuted, inverse)),
  };
}

/**
 * The row-major array with its axes in another order: axis i of the result is axis `permutation[i]` of
 * `data`.
 */
export function permuteAxes(
  data: Float32Array,
  dims: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
  const sizes = permutation.map((axis) => dims[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const at = sizes.map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}
