import { Registry } from '@noema/kernel';
import type { Explainer } from './explainer.js';
import { gradCamExplainer } from './grad-cam.explainer.js';
import { integratedGradientsExplainer } from './integrated-gradients.explainer.js';
import { lossGradientExplainer } from './loss-gradient.explainer.js';

/** Every way to explain a sample. */
export const explainers = new Registry<Explainer>('heat map algorithm', [gradCamExplainer, integratedGradientsExplainer, lossGradientExplainer]);
