import { assertAlike, type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Returns how much each position changes the score or the loss: the largest magnitude of the gradient over
 * channels (Simonyan, Vedaldi & Zisserman 2014).
 */
export function gradientMagnitude(gradient: FeatureMap): HeatMap {
  return reduce(gradient, (most, at) => Math.max(most, Math.abs(gradient.data[at]!)));
}

/**
 * Returns which positions raise the loss when they become brighter (positive) and which lower it (negative):
 * the gradient summed over channels.
 */
export function signedGradient(gradient: FeatureMap): HeatMap {
  return reduce(gradient, (sum, at) => sum + gradient.data[at]!);
}

/**
 * Gradient × input (Shrikumar et al. 2017), summed over channels: the first-order contribution of each
 * position to the score or the loss.
 */
export function gradientTimesInput(input: FeatureMap, gradient: FeatureMap): HeatMap {
  assertAlike(input, gradient);
  return reduce(gradient, (sum, at) => sum + gradient.data[at]! * input.data[at]!);
}

function reduce(map: FeatureMap, step: (so: number, at: number) => number): HeatMap {
  const { position, channel } = strides(map);
  const data = Float32Array.from({ length: map.height * map.width }, (_, p) => {
    let value = 0;
    for (let c = 0; c < map.channels; c++) value = step(value, p * position + c * channel);
    return value;
  });
  return { data, height: map.height, width: map.width };
}
