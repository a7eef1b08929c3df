import { gradientMagnitude, normalised, SmoothGrad } from '@noema/saliency';
import type { Explainer } from './explainer.js';
import { openAttributionInput } from './attribution-input.js';

const SAMPLES = 32;

/**
 * SmoothGrad (Smilkov et al. 2017): the size of the mean gradient of the class score under noise, the largest
 * over channels. Seeded; all classes see the same noise.
 */
export const smoothGradExplainer: Explainer = {
  key: 'smooth-grad',
  title: 'SmoothGrad',
  summary: 'The size of the mean gradient of the class score over noisy copies.',
  reference: 'Smilkov et al. 2017',
  parameters: [],
  facts: {
    signed: false,
    atLayer: false,
    needsGradients: true,
    usedByDefault: false,
    explains: 'class',
    unit: '',
    reading:
      'small changes of {positive} move the score of {target} most, as the mean over noisy copies; the map ' +
      'does not show in which direction.',
  },
  async explain(of) {
    const attributed = await openAttributionInput(of);
    const explanations = [];
    for (const classIndex of of.classes) {
      const smooth = new SmoothGrad(attributed.values, { samples: SAMPLES });
      for (const gradient of await attributed.gradients(
        smooth.inputs(0, SAMPLES),
        Array<number>(SAMPLES).fill(classIndex),
      ))
        smooth.add(gradient);
      const map = gradientMagnitude(attributed.map(smooth.gradient()));
      explanations.push({
        target: { kind: 'class' as const, classIndex },
        ...normalised(map),
        layer: attributed.layer,
      });
    }
    return explanations;
  },
};
