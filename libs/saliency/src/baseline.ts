import type { FeatureMap } from './feature-map.js';
import { strides } from './feature-map.js';

/**
 * Replacement of a removed position: zero, the channel's mean, or the blurred picture (Petsiuk, Das & Saenko
 * 2018).
 */
export type BaselineKind = 'zero' | 'mean' | 'blur';

/**
 * Returns the baseline of an input, with the same shape and order. The blur's standard deviation is an eighth
 * of the longer side.
 */
export function createBaseline(input: FeatureMap, kind: BaselineKind): Float32Array {
  switch (kind) {
    case 'zero':
      return new Float32Array(input.data.length);
    case 'mean':
      return meanOfChannels(input);
    case 'blur':
      return blurred(input, Math.max(input.height, input.width) / 8);
  }
}

function meanOfChannels(input: FeatureMap): Float32Array {
  const { position, channel } = strides(input);
  const positions = input.height * input.width;
  const result = new Float32Array(input.data.length);
  for (let c = 0; c < input.channels; c++) {
    let sum = 0;
    for (let p = 0; p < positions; p++) sum += input.data[p * position + c * channel]!;
    for (let p = 0; p < positions; p++) result[p * position + c * channel] = sum / positions;
  }
  return result;
}

function blurred(input: FeatureMap, deviation: number): Float32Array {
  const radius = Math.ceil(3 * deviation);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const { position, channel } = strides(input);
  const { height, width, channels } = input;
  const across = pass(input.data, kernel, width, position, height, position * width, channels, channel);
  return pass(across, kernel, height, position * width, width, position, channels, channel);
}

/** One direction of the separable blur. At the border the kernel is truncated and renormalised. */
function pass(
  data: Float32Array,
  kernel: Float64Array,
  length: number,
  step: number,
  lines: number,
  lineStep: number,
  channels: number,
  channelStep: number,
): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const result = new Float32Array(data.length);
  for (let c = 0; c < channels; c++) {
    for (let line = 0; line < lines; line++) {
      const start = c * channelStep + line * lineStep;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        let weight = 0;
        for (let j = Math.max(0, i - radius); j <= Math.min(length - 1, i + radius); j++) {
          const w = kernel[j - i + radius]!;
          sum += w * data[start + j * step]!;
          weight += w;
        }
        result[start + i * step] = sum / weight;
      }
    }
  }
  return result;
}
