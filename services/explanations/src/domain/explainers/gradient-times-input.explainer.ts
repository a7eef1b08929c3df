import { gradientTimesInput, normalised } from '@noema/saliency';
import { inputMap } from '../geometry.js';
import type { Explainer } from './explainer.js';

/** Gradient × input (Shrikumar et al. 2017): what each place, as it is, adds to the class score, to first order. */
export const gradientTimesInputExplainer: Explainer = {
  key: 'gradient-times-input',
  family: 'gradient',
  atLayer: false,
  async explain({ model, sample, input, geometry, classes, signal }) {
    const rows = new Float32Array(classes.length * input.length), picture = inputMap(input, geometry);
    classes.forEach((_, i) => { rows.set(input, i * input.length); });
    const found = await model.scoreGradients(sample, { rows, classes, layers: [], signal });
    return found.map((row, i) => ({
      target: { kind: 'class', classIndex: classes[i]! }, ...normalised(gradientTimesInput(picture, inputMap(row.input, geometry))), signed: true, layer: '',
    }));
  },
};
