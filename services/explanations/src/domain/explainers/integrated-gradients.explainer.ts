import { IntegratedGradients, normalised, signedGradient } from '@noema/saliency';
import { inputMap } from '../geometry.js';
import type { Explainer } from './explainer.js';

const STEPS = 32;

/** Integrated gradients (Sundararajan, Taly & Yan 2017) from an input of zeros, summed over channels. */
export const integratedGradientsExplainer: Explainer = {
  key: 'integrated-gradients',
  async explain({ model, sample, input, geometry, classes, signal }) {
    const explanations = [];
    for (const classIndex of classes) {
      const path = new IntegratedGradients(input, new Float32Array(input.length), STEPS);
      const found = await model.scoreGradients(sample, { rows: path.inputs(0, STEPS), classes: Array<number>(STEPS).fill(classIndex), layers: [], signal });
      for (const row of found) path.add(row.input);
      const attributions = signedGradient(inputMap(path.attributions(), geometry));
      explanations.push({ target: { kind: 'class' as const, classIndex }, ...normalised(attributions), signed: true, layer: '' });
    }
    return explanations;
  },
};
