import { gradCam } from '@noema/saliency';
import { layerExplainer } from './layer.explainer.js';

/** Grad-CAM (Selvaraju et al. 2017). */
export const gradCamExplainer = layerExplainer('grad-cam', gradCam);
