import { Registry } from '@noema/kernel';
import type { Explainer } from './explainer.js';
import { gradCamExplainer } from './grad-cam.explainer.js';
import { gradCamPlusPlusExplainer } from './grad-cam-plus-plus.explainer.js';
import { gradientTimesInputExplainer } from './gradient-times-input.explainer.js';
import { integratedGradientsExplainer } from './integrated-gradients.explainer.js';
import { layerCamExplainer } from './layer-cam.explainer.js';
import { lossGradientExplainer } from './loss-gradient.explainer.js';
import { occlusionExplainer } from './occlusion.explainer.js';
import { riseExplainer } from './rise.explainer.js';
import { smoothGradExplainer } from './smooth-grad.explainer.js';

/** Every way to explain a sample. */
export const explainers = new Registry<Explainer>('heat map algorithm', [
  gradCamExplainer,
  gradCamPlusPlusExplainer,
  layerCamExplainer,
  gradientTimesInputExplainer,
  integratedGradientsExplainer,
  smoothGradExplainer,
  lossGradientExplainer,
  occlusionExplainer,
  riseExplainer,
]);
