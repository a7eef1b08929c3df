import { completenessGap, IntegratedGradients, normalised, signedGradient } from '@noema/saliency';
import type { Explainer } from './explainer.js';
import { type AttributionInput, openAttributionInput } from './attribution-input.js';

const STEPS = 32;
/** Most steps: three refinements. */
const MAX_STEPS = STEPS * 27;
/** The attributions sum to the difference of the scores but for this share of it. */
const MAX_GAP = 0.01;

/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017) from an input of zeros, of tokens from vectors
 * of zeros, summed over channels. The way is cut finer until the attributions
 * are complete to 1 % of the difference of the scores, at most into 864 steps.
 */
export const integratedGradientsExplainer: Explainer = {
  key: 'integrated-gradients',
  title: 'Integrated gradients',
  summary: 'Gradients of the class score, summed along the path from an input of zeros.',
  reference: 'Sundararajan et al. 2017',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: true,
    usedByDefault: true,
    explains: 'class',
    unit: 'score',
    reading: 'compared with an empty input, {positive} raise the score of {target} and {negative} lower it.',
  },
  async explain(of) {
    const { model, classes, isDraft = false } = of;
    const attributed = await openAttributionInput(of);
    const { values, layer } = attributed;
    const explanations = [];
    const empty = new Float32Array(values.length);
    const ends = new Float32Array(2 * values.length);
    ends.set(values);
    const scores = await attributed.scores(ends);
    for (const classIndex of classes) {
      let path = await walked(new IntegratedGradients(values, empty, STEPS), attributed, classIndex);
      const gap = (): number =>
        completenessGap(path.attributions(), scores[classIndex]!, scores[model.width + classIndex]!);
      while (!isDraft && gap() > MAX_GAP && path.steps < MAX_STEPS)
        path = await walked(path.refined(), attributed, classIndex);
      explanations.push({
        target: { kind: 'class' as const, classIndex },
        ...normalised(signedGradient(attributed.map(path.attributions()))),
        layer,
        completenessGap: gap(),
      });
    }
    return explanations;
  },
};

async function walked(
  path: IntegratedGradients,
  attributed: AttributionInput,
  classIndex: number,
): Promise<IntegratedGradients> {
  for (const gradient of await attributed.gradients(
    path.inputs(0, path.count),
    Array<number>(path.count).fill(classIndex),
  ))
    path.add(gradient);
  return path;
}
