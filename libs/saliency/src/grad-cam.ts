import { assertAlike, type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Grad-CAM (Selvaraju et al. 2017): the channels weighted by their mean gradient over positions, summed,
 * negatives set to 0. `activation` and `gradient` (of a class score, before the softmax, by that activation)
 * have the same shape. The map is [height, width] of the layer.
 */
export function gradCam(activation: FeatureMap, gradient: FeatureMap): HeatMap {
  assertAlike(activation, gradient);
  const weights = channelMeans(gradient);
  const { data, height, width, channels } = activation;
  const { position, channel } = strides(activation);
  const sums = new Float64Array(height * width);
  for (let c = 0; c < channels; c++) {
    const weight = weights[c]!;
    for (let p = 0, at = c * channel; p < sums.length; p++, at += position) sums[p]! += weight * data[at]!;
  }
  return { data: Float32Array.from(sums, (sum) => Math.max(sum, 0)), height, width };
}

/**
 * Layer-CAM (Jiang et al. 2021): weights every position by its own positive gradient. Sharper than Grad-CAM
 * in early layers.
 */
export function layerCam(activation: FeatureMap, gradient: FeatureMap): HeatMap {
  assertAlike(activation, gradient);
  const { position, channel } = strides(activation);
  return overPositions(activation, (p) => {
    let sum = 0;
    for (let c = 0, at = p * position; c < activation.channels; c++, at += channel)
      sum += Math.max(gradient.data[at]!, 0) * activation.data[at]!;
    return Math.max(sum, 0);
  });
}

/** Returns the mean of every channel over positions [channels] float64, the response of each unit. */
export function channelMeans(map: FeatureMap): Float64Array {
  const { position, channel } = strides(map);
  const { data, height, width } = map;
  const positions = height * width;
  const means = new Float64Array(map.channels);
  for (let c = 0; c < means.length; c++) {
    let sum = 0;
    for (let p = 0, at = c * channel; p < positions; p++, at += position) sum += data[at]!;
    means[c] = sum / positions;
  }
  return means;
}

function overPositions({ height, width }: FeatureMap, valueAt: (position: number) => number): HeatMap {
  return { data: Float32Array.from({ length: height * width }, (_, p) => valueAt(p)), height, width };
}
