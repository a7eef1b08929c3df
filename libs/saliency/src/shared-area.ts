import type { LayerPull } from '@noema/perception';
import { DomainError } from '@noema/kernel';
import { assertAlike, type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Where a sample resembles another, beyond what an empty input does: Σ over channels of weight · (activation − empty) / positions, where
 * `empty` is the layer's activation for an input of zeros, the baseline, and `pull` is perception's `layerPull(basis, layer, other vector)`.
 * A place that answers as to nothing is 0. The map is signed: what is positive makes the two alike, what is negative sets them apart. A
 * mean response is linear in the activation, so it sums exactly to the layer's part of the inner product of the two perception vectors,
 * less the part that the empty input has in it. Throws `invalid` PULL_SHAPE, FEATURE_MAPS_DIFFER.
 */
export function sharedArea(activation: FeatureMap, empty: FeatureMap, { weights }: LayerPull): HeatMap {
  const { height, width, channels, data } = activation, positions = height * width;
  if (weights.length !== channels) {
    throw new DomainError('invalid', 'PULL_SHAPE', `the basis knows ${weights.length} units of this layer, the activation has ${channels}`);
  }
  assertAlike(activation, empty, 'that of an empty input');
  const { position, channel } = strides(activation);
  const map = Float32Array.from({ length: positions }, (_, p) => {
    let sum = 0;
    for (let c = 0, at = p * position; c < channels; c++, at += channel) sum += weights[c]! * (data[at]! - empty.data[at]!);
    return sum / positions;
  });
  return { data: map, height, width };
}
