import type { FeatureMap } from '@noema/saliency';
import { inputMap } from '../heat-map/geometry.js';
import type { Explained } from './explainer.js';

/**
 * The values that attributions to the input refer to: the input's own, or for tokens the vectors of the model's
 * embedding.
 */
export interface AttributionInput {
  /** The values as a flat array. */
  readonly values: Float32Array;
  /** Empty for the input's own values, otherwise the embedding layer. */
  readonly layer: string;
  /** Values, or gradients of them, over the positions of the input. */
  map(values: Float32Array): FeatureMap;
  /** Class scores [rows, width] of rows of such values. */
  scores(rows: Float32Array): Promise<Float32Array>;
  /** The gradients of one class score for each row [rows, values]. */
  gradients(rows: Float32Array, classes: readonly number[]): Promise<readonly Float32Array[]>;
}

/** Returns the values of a sample, with their scores and gradients. */
export async function openAttributionInput({
  model,
  sample,
  input,
  geometry,
  signal,
}: Explained): Promise<AttributionInput> {
  const { embedding } = model.input;
  if (embedding === undefined) {
    return {
      values: input,
      layer: '',
      map: (values) => inputMap(values, geometry),
      scores: (rows) => model.score(sample, rows, signal),
      gradients: async (rows, classes) =>
        (await model.scoreGradients(sample, { rows, classes, layers: [], signal })).map((row) => row.input),
    };
  }
  const vectors = (await model.activations(sample, [embedding], signal)).get(embedding)!;
  const { data: values } = vectors;
  const at = (activations: Float32Array, classes: readonly number[]) =>
    model.gradientsAt(sample, { layer: embedding, activations, classes, signal });
  return {
    values,
    layer: embedding,
    map: (data) => ({ ...vectors, data }),
    scores: async (rows) => (await at(rows, Array<number>(rows.length / values.length).fill(0))).scores,
    gradients: async (rows, classes) => (await at(rows, classes)).gradients,
  };
}
