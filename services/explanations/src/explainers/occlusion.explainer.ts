import { normalised, Occlusion } from '@noema/saliency';
import { inputMap } from '../heat-map/geometry.js';
import type { Explainer } from './explainer.js';
import { computeOutputs } from './perturbation.js';

/** A window is about this part of a side; windows overlap by half. */
const PARTS = { picture: 7, series: 28 };

/**
 * Occlusion (Zeiler & Fergus 2014): how much the probability of a class falls when a window of the input is
 * covered with its mean, of tokens when one is replaced by number 0. Needs no gradients.
 */
export const occlusionExplainer: Explainer = {
  key: 'occlusion',
  title: 'Occlusion',
  summary: 'How much the probability of the class falls when a window of the input is covered.',
  reference: 'Zeiler & Fergus 2014',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: false,
    usedByDefault: false,
    explains: 'class',
    unit: '',
    reading: 'covering {positive} lowers the probability of {target}; covering {negative} raises it.',
  },
  async explain(of) {
    const { input, geometry, classes, model, sample, signal } = of;
    const { height, width } = geometry;
    const side = (length: number): number =>
      Math.ceil(length / (height === 1 ? PARTS.series : PARTS.picture));
    const window = { height: side(height), width: side(width) };
    const stride = { height: Math.ceil(window.height / 2), width: Math.ceil(window.width / 2) };
    const isTokens = model.input.embedding !== undefined;
    const one = { height: 1, width: 1 };
    const occlusion = new Occlusion(
      inputMap(input, geometry),
      isTokens ? { window: one, stride: one, baseline: 'zero' } : { window, stride },
    );
    const [whole, outputs] = [
      await model.predict(sample, input, signal),
      await computeOutputs(of, occlusion),
    ];
    return classes.map((classIndex) => {
      const map = occlusion.map(
        Float32Array.from({ length: occlusion.count }, (_, i) => outputs[i * model.width + classIndex]!),
        whole[classIndex]!,
      );
      return { target: { kind: 'class', classIndex }, ...normalised(map), layer: '' };
    });
  },
};
