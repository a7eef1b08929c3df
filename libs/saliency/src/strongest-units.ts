import { assertAlike, type FeatureMap, strides } from './feature-map.js';
import { channelMeans } from './grad-cam.js';

/** Contribution of one unit of a layer to a class score (or to the loss) for one sample. */
export interface UnitContribution {
  readonly unit: number;
  /** Gradient · activation, summed over positions. Positive is evidence for the class. */
  readonly contribution: number;
  /** Mean of the activation over positions. */
  readonly response: number;
}

/**
 * Returns the units with the largest absolute contribution, in descending order. A dense layer is a feature
 * map of one position.
 */
export function strongestUnits(
  activation: FeatureMap,
  gradient: FeatureMap,
  count: number,
): UnitContribution[] {
  assertAlike(activation, gradient);
  const { position, channel } = strides(activation);
  const positions = activation.height * activation.width;
  const responses = channelMeans(activation);
  const units = Array.from({ length: activation.channels }, (_, unit) => {
    let contribution = 0;
    for (let p = 0, at = unit * channel; p < positions; p++, at += position)
      contribution += gradient.data[at]! * activation.data[at]!;
    return { unit, contribution, response: responses[unit]! };
  });
  return units
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.unit - b.unit)
    .slice(0, count);
}
