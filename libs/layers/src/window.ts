import type { LayerConfig } from './layer.config.js';
import type { LayerScope } from './layer.scope.js';
import { shapeText } from './value.js';

/** A window that slides over the positions of a value; one number per axis. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
}

/** Reads the window of a convolution (`kernel_size`) or of a pooling (`pool_size`). */
export function readWindow(config: LayerConfig, rank: number, sizeKey: 'kernel_size' | 'pool_size'): Window {
  const pooling = sizeKey === 'pool_size';
  const size = config.sizes(sizeKey, rank, pooling ? { fallback: 2 } : {});
  const strides = config.sizes('strides', rank, { fallback: pooling ? size : 1 });
  const dilations = pooling ? size.map(() => 1) : config.sizes('dilation_rate', rank, { fallback: 1 });
  const padding = config.choice(
    'padding',
    rank === 1 && !pooling ? ['valid', 'same', 'causal'] : ['valid', 'same'],
    'valid',
  );
  if (strides.some((s) => s > 1) && dilations.some((d) => d > 1))
    throw config.fail(
      `has strides ${shapeText(strides)} and dilation_rate ${shapeText(dilations)}; only one of them ` +
        'may be above 1',
    );
  return { size, strides, dilations, padding };
}

/**
 * How many positions the window finds along each axis, and the zeros to put before and after (all befores,
 * then all afters, as ONNX wants them).
 */
export function slide(
  scope: LayerScope,
  { size, strides, dilations, padding }: Window,
  positions: readonly number[],
): { output: number[]; pads: number[] } {
  const axes = positions.map((length, i) => {
    const reach = (size[i]! - 1) * dilations[i]! + 1;
    const stride = strides[i]!;
    if (padding === 'causal') return { output: Math.ceil(length / stride), before: reach - 1, after: 0 };
    if (padding === 'valid')
      return { output: Math.floor((length - reach) / stride) + 1, before: 0, after: 0 };
    const output = Math.ceil(length / stride);
    const total = Math.max((output - 1) * stride + reach - length, 0);
    return { output, before: Math.floor(total / 2), after: Math.ceil(total / 2) };
  });
  if (axes.some(({ output }) => output < 1))
    throw scope.fail(
      `has a window of ${shapeText(size)}, larger than its input's positions ${shapeText(positions)}; ` +
        'make the window smaller or use padding "same"',
    );
  return {
    output: axes.map(({ output }) => output),
    pads: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)],
  };
}
