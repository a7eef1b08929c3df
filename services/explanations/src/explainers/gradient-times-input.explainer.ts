import { gradientTimesInput, normalised } from '@noema/saliency';
import type { Explainer } from './explainer.js';
import { openAttributionInput } from './attribution-input.js';

/**
 * Gradient × input (Shrikumar et al. 2017): what the value at each place adds to the class score, to first
 * order; for tokens, what their vectors add.
 */
export const gradientTimesInputExplainer: Explainer = {
  key: 'gradient-times-input',
  title: 'Gradient × input',
  summary: 'The part of the class score that each place adds, to first order.',
  reference: 'Shrikumar et al. 2017',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: true,
    usedByDefault: false,
    explains: 'class',
    unit: 'score',
    reading: '{positive} raise the score of {target} and {negative} lower it, to first order.',
  },
  async explain(of) {
    const { classes } = of;
    const attributed = await openAttributionInput(of);
    const { values, layer } = attributed;
    const rows = new Float32Array(classes.length * values.length);
    const own = attributed.map(values);
    classes.forEach((_, i) => {
      rows.set(values, i * values.length);
    });
    const found = await attributed.gradients(rows, classes);
    return found.map((gradient, i) => ({
      target: { kind: 'class', classIndex: classes[i]! },
      ...normalised(gradientTimesInput(own, attributed.map(gradient))),
      layer,
    }));
  },
};
