import { layerCam } from '@noema/saliency';
import { layerExplainer } from './layer.explainer.js';

/**
 * Layer-CAM (Jiang et al. 2021): every position by its own gradient, so that early layers can be drawn at
 * too.
 */
export const layerCamExplainer = layerExplainer(
  {
    key: 'layer-cam',
    title: 'Layer-CAM',
    summary: 'Every position of a layer by its own gradient; sharp at early layers.',
    reference: 'Jiang et al. 2021',
  },
  layerCam,
);
