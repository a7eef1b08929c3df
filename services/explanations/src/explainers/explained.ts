import { toGeometry } from '../heat-map/geometry.js';
import type { OpenModel, SampleTensors } from '../model/model.ports.js';
import type { Explained } from './explainer.js';

/**
 * Makes the input of explainers: one sample of a model and the classes to explain. `layer` is empty for a
 * model without a layer with positions.
 */
export function toExplained(
  model: OpenModel,
  sample: SampleTensors,
  asked: Pick<Explained, 'classes' | 'layer' | 'isDraft' | 'signal'>,
): Explained {
  const drawn =
    model.layers.find(({ name }) => name === asked.layer) ??
    model.layers.findLast(({ isConvolution }) => isConvolution);
  return {
    model,
    sample,
    input: sample.inputs.get(model.input.name)!.data,
    geometry: toGeometry(model.input.dims, drawn?.positionDims.length ?? 2),
    ...asked,
  };
}

/** The class with the highest probability. */
export const likeliest = (probabilities: Float32Array): number =>
  probabilities.reduce((best, value, i) => (value > probabilities[best]! ? i : best), 0);
