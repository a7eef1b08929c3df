import { channelMeans, type FeatureMap, strongestUnits } from '@noema/saliency';
import type { Explained } from '../explainers/explainer.js';
import { ifDifferentiable } from '../explainers/fallback.js';
import type { ActivationsClient } from '../peers/activations.client.js';
import type { LayerEntry } from './analysis.js';

interface ContributionRequest {
  readonly predictedClass: number;
  readonly count: number;
  readonly statistics: Awaited<ReturnType<ActivationsClient['readUnits']>>;
}

/**
 * By layer the units that argue most for (or against) the predicted class, with what they add to the loss;
 * and all activations of the sample. Of a model without gradients: the units whose response is most unusual,
 * with contributions of 0.
 */
export async function explainLayers(
  { model, sample, input, signal }: Explained,
  { predictedClass, count, statistics }: ContributionRequest,
): Promise<{ layers: LayerEntry[]; activations: ReadonlyMap<string, FeatureMap> }> {
  const names = model.layers.map(({ name }) => name);
  const asked = { rows: input, layers: names, signal };
  const [byClass] = await ifDifferentiable(
    model.scoreGradients(sample, { ...asked, classes: [predictedClass] }),
  );
  const [byLoss] =
    sample.targets === undefined ? [] : await ifDifferentiable(model.lossGradients(sample, asked));
  const activations = byClass?.activations ?? (await model.activations(sample, names, signal));
  const layers = model.layers.map(({ name, kind, positionDims, units }): LayerEntry => {
    const activation = activations.get(name)!;
    const known = statistics.get(name);
    const ofLoss =
      byLoss &&
      new Map(
        strongestUnits(activation, byLoss.gradients.get(name)!, units).map(({ unit, contribution }) => [
          unit,
          contribution,
        ]),
      );
    const found =
      byClass === undefined
        ? [...channelMeans(activation)].map((response, unit) => ({ unit, response, contribution: 0 }))
        : strongestUnits(activation, byClass.gradients.get(name)!, count);
    const entries = found.map(({ unit, response, contribution }) => {
      const deviation = known?.deviation[unit] ?? 0;
      return {
        unit,
        response,
        contribution,
        lossContribution: ofLoss?.get(unit) ?? 0,
        standardResponse: deviation > 0 ? (response - known!.mean[unit]!) / deviation : 0,
      };
    });
    if (byClass === undefined)
      entries.sort((a, b) => Math.abs(b.standardResponse) - Math.abs(a.standardResponse) || a.unit - b.unit);
    return { layer: name, kind, positionDims, units: entries.slice(0, count) };
  });
  return { layers, activations };
}
