import { gradCam, normalised, upsample } from '@noema/saliency';
import type { Explainer } from './explainer.js';

/** Grad-CAM (Selvaraju et al. 2017): one row of the batch for each class, each with the gradient of its own score. */
export const gradCamExplainer: Explainer = {
  key: 'grad-cam',
  async explain({ model, sample, input, geometry, classes, layer, signal }) {
    const rows = new Float32Array(classes.length * input.length);
    classes.forEach((_, i) => { rows.set(input, i * input.length); });
    const found = await model.scoreGradients(sample, { rows, classes, layers: [layer], signal });
    return found.map(({ activations, gradients }, i) => {
      const map = upsample(gradCam(activations.get(layer)!, gradients.get(layer)!), geometry.height, geometry.width);
      return { target: { kind: 'class', classIndex: classes[i]! }, ...normalised(map), signed: false, layer };
    });
  },
};
