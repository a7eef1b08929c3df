import { gradientMagnitude, normalised, SmoothGrad } from '@noema/saliency';
import type { Explainer } from './explainer.js';
import { groundOf } from './ground.js';

const SAMPLES = 32;

/**
 * SmoothGrad (Smilkov et al. 2017): the size of the mean gradient of the class score under noise, the largest
 * over channels. Seeded; all classes see the same noise.
 */
export const smoothGradExplainer: Explainer = {
  key: 'smooth-grad',
  family: 'gradient',
  atLayer: false,
  async explain(of) {
    const ground = await groundOf(of);
    const explanations = [];
    for (const classIndex of of.classes) {
      const smooth = new SmoothGrad(ground.values, { samples: SAMPLES });
      for (const gradient of await ground.gradients(
        smooth.inputs(0, SAMPLES),
        Array<number>(SAMPLES).fill(classIndex),
      ))
        smooth.add(gradient);
      const map = gradientMagnitude(ground.map(smooth.gradient()));
      explanations.push({
        target: { kind: 'class' as const, classIndex },
        ...normalised(map),
        signed: false,
        layer: ground.layer,
      });
    }
    return explanations;
  },
};
