import { completenessGap, IntegratedGradients, normalised, signedGradient } from '@noema/saliency';
import { inputMap } from '../geometry.js';
import type { Explained, Explainer } from './explainer.js';

const STEPS = 32;
/** Most steps: three refinements. */
const MOST_STEPS = STEPS * 27;
/** The attributions sum to the difference of the scores but for this share of it. */
const MOST_GAP = 0.01;

/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017) from an input of zeros, summed over channels. The way is cut finer until the attributions
 * are complete to 1 % of the difference of the scores, at most into 864 steps.
 */
export const integratedGradientsExplainer: Explainer = {
  key: 'integrated-gradients',
  family: 'gradient',
  atLayer: false,
  async explain(of) {
    const { model, sample, input, geometry, classes, isDraft = false, signal } = of, explanations = [];
    const empty = new Float32Array(input.length), ends = new Float32Array(2 * input.length);
    ends.set(input);
    const scores = await model.score(sample, ends, signal);
    for (const classIndex of classes) {
      let path = await walked(new IntegratedGradients(input, empty, STEPS), of, classIndex);
      const gap = (): number => completenessGap(path.attributions(), scores[classIndex]!, scores[model.width + classIndex]!);
      while (!isDraft && gap() > MOST_GAP && path.steps < MOST_STEPS) path = await walked(path.refined(), of, classIndex);
      const attributions = signedGradient(inputMap(path.attributions(), geometry));
      explanations.push({ target: { kind: 'class' as const, classIndex }, ...normalised(attributions), signed: true, layer: '' });
    }
    return explanations;
  },
};

async function walked(path: IntegratedGradients, { model, sample, signal }: Explained, classIndex: number): Promise<IntegratedGradients> {
  const found = await model.scoreGradients(sample, { rows: path.inputs(0, path.count), classes: Array<number>(path.count).fill(classIndex), layers: [], signal });
  for (const row of found) path.add(row.input);
  return path;
}
