import type { MapSketch } from './newest-map.query.js';

/** A dot in pixels, with its place in the order of losses from 0 to 1; −1 without a loss. */
export interface SketchDot {
  readonly x: number;
  readonly y: number;
  readonly rank: number;
}

const PADDING = 6;

/**
 * Fits the dots into a frame, the highest losses last, so that they are drawn on top. Of more dots than the frame has
 * pixels the first are taken, which are spread over the whole population.
 */
export function layOutSketch(
  sketch: MapSketch,
  { width, height }: { readonly width: number; readonly height: number },
): SketchDot[] {
  const pixels = width * height;
  const [x, y, loss] = [
    sketch.x.subarray(0, pixels),
    sketch.y.subarray(0, pixels),
    sketch.loss?.subarray(0, pixels),
  ];
  const [left, right] = extent(x);
  const [bottom, top] = extent(y);
  const scale = Math.min(
    (width - 2 * PADDING) / Math.max(1e-9, right - left),
    (height - 2 * PADDING) / Math.max(1e-9, top - bottom),
  );
  const order = Array.from(x, (_, at) => at);
  if (loss !== undefined) order.sort((a, b) => (loss[a] || 0) - (loss[b] || 0));
  return order.map((at, place) => ({
    x: width / 2 + (x[at]! - (left + right) / 2) * scale,
    // Up in the map is up in the picture.
    y: height / 2 - (y[at]! - (bottom + top) / 2) * scale,
    rank: loss === undefined || Number.isNaN(loss[at]!) ? -1 : place / Math.max(1, order.length - 1),
  }));
}

function extent(values: Float32Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const one of values) {
    if (one < low) low = one;
    if (one > high) high = one;
  }
  return low > high ? [0, 0] : [low, high];
}
