import type { DrawOrder } from '../draw-order.js';
import type { Projection } from '../projection.js';

/** Red, green, blue, 0 to 1. */
export type Rgb = readonly [number, number, number];

/** Everything that a frame shows, except the buffers. */
export interface Scene {
  readonly projection: Projection;
  /** Eased share of the way from the places before, 1 when points are at rest. */
  readonly glide: number;
  readonly order: Pick<DrawOrder, 'count' | 'firstVisible' | 'firstSelected'> & { readonly listed: boolean };
  /** Diameter of the smallest and of the largest point, in device pixels. */
  readonly range: readonly [number, number];
  /** Opacity of the smallest and of the largest point. */
  readonly opacity: readonly [number, number];
  /** Diameters in device pixels and opacity of points that are not visible. */
  readonly ghost: { readonly range: readonly [number, number]; readonly opacity: number };
  readonly background: Rgb;
  readonly ink: Rgb;
  /** How many points have a ring. */
  readonly marked: number;
  /** Draws density in these colours, RGBA [256 × 4], instead of points. */
  readonly ramp: Uint8Array | undefined;
}
