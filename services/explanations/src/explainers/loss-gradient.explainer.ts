import { gradientTimesInput, normalised, signedGradient } from '@noema/saliency';
import { inputMap } from '../heat-map/geometry.js';
import type { Explainer } from './explainer.js';

/**
 * Which pixels raise the loss when they grow (red) and which lower it (blue): the gradient of the loss at the
 * input. Nothing without ground truth.
 */
export const lossGradientExplainer: Explainer = {
  key: 'loss-gradient',
  title: 'Loss gradient',
  summary: 'The gradient of the loss at the input.',
  reference: '',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: true,
    usedByDefault: true,
    explains: 'loss',
    unit: 'loss',
    reading: 'more input at {positive} raises {target}; more input at {negative} lowers it.',
  },
  async explain({ model, sample, input, geometry, signal }) {
    if (sample.targets === undefined) return [];
    const { embedding } = model.input;
    const [found] = await model.lossGradients(sample, {
      rows: input,
      layers: embedding === undefined ? [] : [embedding],
      signal,
    });
    if (embedding !== undefined) {
      // A token has no direction of its own: what its vector adds to the loss.
      const adds = gradientTimesInput(found!.activations.get(embedding)!, found!.gradients.get(embedding)!);
      return [{ target: { kind: 'loss' }, ...normalised(adds), layer: embedding }];
    }
    const gradient = inputMap(found!.input, geometry);
    const mean = input.reduce((a, b) => a + b, 0) / input.length;
    // Pixels are ranked by what their values add to the loss, since removing a pixel takes that away.
    const order = gradientTimesInput(
      inputMap(
        input.map((value) => value - mean),
        geometry,
      ),
      gradient,
    );
    return [{ target: { kind: 'loss' }, ...normalised(signedGradient(gradient)), order, layer: '' }];
  },
};
