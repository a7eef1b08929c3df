import type { LayerPull } from '@noema/perception';
import { DomainError } from '@noema/kernel';
import { type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Where a sample resembles another: the layer's part of the inner product of their perception vectors, split over the positions of this
 * sample's activation. The split is exact, because a mean response is linear in the activation; `pull` is perception's
 * `layerPull(basis, layer, other vector)`. The map is signed and sums to `share`. Throws `invalid` PULL_SHAPE.
 */
export function sharedArea(activation: FeatureMap, pull: LayerPull): { readonly map: HeatMap; readonly share: number } {
  const { height, width, channels, data } = activation, positions = height * width;
  if (pull.weights.length !== channels) {
    throw new DomainError('invalid', 'PULL_SHAPE', `the basis knows ${pull.weights.length} units of this layer, the activation has ${channels}`);
  }
  const { position, channel } = strides(activation);
  const offset = pull.weights.reduce((sum, weight, c) => sum + weight * pull.mean[c]!, 0);
  let share = 0;
  const map = Float32Array.from({ length: positions }, (_, p) => {
    let sum = -offset;
    for (let c = 0; c < channels; c++) sum += pull.weights[c]! * data[p * position + c * channel]!;
    share += sum / positions;
    return sum / positions;
  });
  return { map: { data: map, height, width }, share };
}
