import { gradCamPlusPlus } from '@noema/saliency';
import { layerExplainer } from './layer.explainer.js';

/** Grad-CAM++ (Chattopadhay et al. 2018): several places of one class count alike, whatever their sizes. */
export const gradCamPlusPlusExplainer = layerExplainer('grad-cam-plus-plus', gradCamPlusPlus);
