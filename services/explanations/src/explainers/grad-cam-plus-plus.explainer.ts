import { gradCamPlusPlus } from '@noema/saliency';
import { layerExplainer } from './layer.explainer.js';

/** Grad-CAM++ (Chattopadhay et al. 2018): several places of one class count alike, whatever their sizes. */
export const gradCamPlusPlusExplainer = layerExplainer(
  {
    key: 'grad-cam-plus-plus',
    title: 'Grad-CAM++',
    summary: 'Grad-CAM in which several places of one class count alike, whatever their sizes.',
    reference: 'Chattopadhay et al. 2018',
  },
  gradCamPlusPlus,
);
