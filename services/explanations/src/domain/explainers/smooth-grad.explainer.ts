import { gradientMagnitude, normalised, SmoothGrad } from '@noema/saliency';
import { inputMap } from '../geometry.js';
import type { Explainer } from './explainer.js';

const SAMPLES = 32;

/** SmoothGrad (Smilkov et al. 2017): the size of the mean gradient of the class score under noise, the largest over channels. Seeded; all classes see the same noise. */
export const smoothGradExplainer: Explainer = {
  key: 'smooth-grad',
  family: 'gradient',
  atLayer: false,
  async explain({ model, sample, input, geometry, classes, signal }) {
    const explanations = [];
    for (const classIndex of classes) {
      const smooth = new SmoothGrad(input, { samples: SAMPLES });
      const found = await model.scoreGradients(sample, { rows: smooth.inputs(0, SAMPLES), classes: Array<number>(SAMPLES).fill(classIndex), layers: [], signal });
      for (const row of found) smooth.add(row.input);
      const map = gradientMagnitude(inputMap(smooth.gradient(), geometry));
      explanations.push({ target: { kind: 'class' as const, classIndex }, ...normalised(map), signed: false, layer: '' });
    }
    return explanations;
  },
};
