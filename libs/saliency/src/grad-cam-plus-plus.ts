import { assertAlike, type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Grad-CAM++ (Chattopadhay et al. 2018): like Grad-CAM, but a channel's weight is the sum of its positive
 * gradients, each multiplied by α = g² / (2 g² + g³ Σ activation), which assumes that the score is the
 * exponential of the differentiated output. Several areas of one class then count equally, independent of
 * their sizes. Omits the constant exp(score) of all weights.
 */
export function gradCamPlusPlus(activation: FeatureMap, gradient: FeatureMap): HeatMap {
  assertAlike(activation, gradient);
  const { height, width, channels } = activation;
  const { position, channel } = strides(activation);
  const positions = height * width;
  const sums = new Float64Array(positions);
  for (let c = 0; c < channels; c++) {
    let answer = 0;
    let weight = 0;
    for (let p = 0, at = c * channel; p < positions; p++, at += position) answer += activation.data[at]!;
    for (let p = 0, at = c * channel; p < positions; p++, at += position) {
      const slope = gradient.data[at]!;
      const denominator = 2 + slope * answer;
      if (slope > 0 && denominator > 0) weight += slope / denominator;
    }
    for (let p = 0, at = c * channel; p < positions; p++, at += position)
      sums[p]! += weight * activation.data[at]!;
  }
  return { data: Float32Array.from(sums, (sum) => Math.max(sum, 0)), height, width };
}
