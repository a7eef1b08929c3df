import type { LayerPull } from '@noema/perception';
import { DomainError } from '@noema/kernel';
import { assertAlike, type FeatureMap, type HeatMap, strides } from './feature-map.js';
import { channelMeans } from './grad-cam.js';

/**
 * Where a sample resembles another: the layer's part of the inner product of their perception vectors, split
 * over the positions of this sample's activation. `empty` is the layer's activation for an input of zeros,
 * the baseline, and `pull` is perception's `layerPull(basis, layer, other vector)`. A place counts Σ over
 * channels of weight · (activation − empty) / positions, less its share in what the population has on average
 * beyond the empty input, by the place's part of the sample's whole answer. So a place that answers as to
 * nothing is 0, one more like the other sample than the average is positive, one less so negative, and the
 * map sums exactly to that part, because a mean response is linear in the activation. (A sample that is
 * nothing but empty has its part spread evenly.) Throws `invalid` PULL_SHAPE, FEATURE_MAPS_DIFFER.
 */
export function sharedArea(activation: FeatureMap, empty: FeatureMap, { weights, mean }: LayerPull): HeatMap {
  const { height, width, channels, data } = activation;
  const positions = height * width;
  if (weights.length !== channels) {
    throw new DomainError(
      'invalid',
      'PULL_SHAPE',
      `the basis knows ${weights.length} units of this layer, the activation has ${channels}`,
    );
  }
  assertAlike(activation, empty, 'that of an empty input');
  const { position, channel } = strides(activation);
  const nothing = channelMeans(empty);
  const average = weights.reduce((sum, weight, c) => sum + weight * (mean[c]! - nothing[c]!), 0);
  const pulls = new Float64Array(positions);
  const answers = new Float64Array(positions);
  for (let p = 0; p < positions; p++) {
    let square = 0;
    for (let c = 0, at = p * position; c < channels; c++, at += channel) {
      const answer = data[at]! - empty.data[at]!;
      pulls[p]! += (weights[c]! * answer) / positions;
      square += answer * answer;
    }
    answers[p] = Math.sqrt(square);
  }
  const whole = answers.reduce((sum, answer) => sum + answer, 0);
  return {
    data: Float32Array.from(
      pulls,
      (pull, p) => pull - average * (whole > 0 ? answers[p]! / whole : 1 / positions),
    ),
    height,
    width,
  };
}
