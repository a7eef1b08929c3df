import { type FeatureMap, strongestUnits } from '@noema/saliency';
import type { LayerEntry } from './analysis.js';
import type { PopulationStatistics } from './analysis.ports.js';
import type { Explained } from './explainers/explainer.js';

interface Asked {
  readonly predictedClass: number;
  readonly count: number;
  readonly statistics: Awaited<ReturnType<PopulationStatistics['unitsOf']>>;
}

/** By layer the units that argue most for (or against) the predicted class, with what they add to the loss; and all activations of the sample. */
export async function layersOf({ model, sample, input, signal }: Explained, { predictedClass, count, statistics }: Asked): Promise<{ layers: LayerEntry[]; activations: ReadonlyMap<string, FeatureMap> }> {
  const names = model.layers.map(({ name }) => name);
  const [[byClass], [byLoss]] = [
    await model.scoreGradients(sample, { rows: input, classes: [predictedClass], layers: names, signal }),
    sample.targets === undefined ? [] : await model.lossGradients(sample, { rows: input, layers: names, signal }),
  ];
  const layers = model.layers.map(({ name, kind, positionDims, units }): LayerEntry => {
    const activation = byClass!.activations.get(name)!;
    const ofLoss = byLoss && new Map(strongestUnits(activation, byLoss.gradients.get(name)!, units).map(({ unit, contribution }) => [unit, contribution]));
    const known = statistics.get(name);
    return {
      layer: name, kind, positionDims,
      units: strongestUnits(activation, byClass!.gradients.get(name)!, count).map(({ unit, response, contribution }) => {
        const deviation = known?.deviation[unit] ?? 0;
        return { unit, response, contribution, lossContribution: ofLoss?.get(unit) ?? 0, standardResponse: deviation > 0 ? (response - known!.mean[unit]!) / deviation : 0 };
      }),
    };
  });
  return { layers, activations: byClass!.activations };
}
