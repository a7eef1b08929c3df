import { type FeatureMap, type HeatMap, strides } from './feature-map.js';

/**
 * Returns the edge strength at each position of an input: the magnitude of the gradient by Sobel's filters
 * (1968), Euclidean over directions and channels; beyond the border the nearest value. It does not use the
 * model: a heat map that is no better may show edges instead of evidence (Adebayo et al. 2018).
 */
export function edgeMap(input: FeatureMap): HeatMap {
  const { height, width, channels, data } = input;
  const { position, channel } = strides(input);
  const result = new Float32Array(height * width);
  const clamp = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let square = 0;
      for (let c = 0; c < channels; c++) {
        const at = (dy: number, dx: number): number =>
          data[(clamp(y + dy, height) * width + clamp(x + dx, width)) * position + c * channel]!;
        const across = at(-1, 1) - at(-1, -1) + 2 * (at(0, 1) - at(0, -1)) + at(1, 1) - at(1, -1);
        const down = at(1, -1) - at(-1, -1) + 2 * (at(1, 0) - at(-1, 0)) + at(1, 1) - at(-1, 1);
        square += (across / 8) ** 2 + (down / 8) ** 2;
      }
      result[y * width + x] = Math.sqrt(square);
    }
  }
  return { data: result, height, width };
}
