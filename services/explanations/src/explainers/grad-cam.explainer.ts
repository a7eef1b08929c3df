import { gradCam } from '@noema/saliency';
import { layerExplainer } from './layer.explainer.js';

/** Grad-CAM (Selvaraju et al. 2017). */
export const gradCamExplainer = layerExplainer(
  {
    key: 'grad-cam',
    title: 'Grad-CAM',
    summary: 'Activations of a layer, weighted by the mean gradient of the class score.',
    reference: 'Selvaraju et al. 2017',
    usedByDefault: true,
  },
  gradCam,
);
