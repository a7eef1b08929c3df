import type { FeatureMap } from '@noema/saliency';
import { featureMap } from '@noema/saliency';

/** How an input lies over a picture. */
export interface InputGeometry {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Dimensions of a heat map: the dimensions of the input without channels. */
  readonly mapDims: readonly number[];
}

/**
 * Positions and channels of an input: [height, width, channels], [height, width], [steps, channels] (for a
 * model whose layers have one axis of positions), [features]. A series is a picture of one row.
 */
export function toGeometry(dims: readonly number[], positionAxes: number): InputGeometry {
  const [a = 1, b = 1, ...rest] = dims;
  if (dims.length <= 1) return { height: 1, width: a, channels: 1, mapDims: [a] };
  if (dims.length === 2) {
    return positionAxes === 1
      ? { height: 1, width: a, channels: b, mapDims: [a] }
      : { height: a, width: b, channels: 1, mapDims: [a, b] };
  }
  return {
    height: a,
    width: b,
    channels: rest.reduce((product, size) => product * size, 1),
    mapDims: [a, b],
  };
}

/** An input, or a gradient at it, as a map. Throws `invalid` when a value is not finite. */
export const inputMap = (data: Float32Array, { height, width, channels }: InputGeometry): FeatureMap =>
  featureMap(data, { height, width, channels }, 'hwc');

/** Height and width of a layer's positions; one row for a series, one position for a dense layer. */
export const toPositions = (dims: readonly number[]): { height: number; width: number } =>
  dims.length === 2 ? { height: dims[0]!, width: dims[1]! } : { height: 1, width: dims[0] ?? 1 };
