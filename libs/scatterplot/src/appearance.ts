import type { ViewSize } from './projection.js';

/**
 * Code of the size that points have when none is set: a fifth of the way from the smallest to the largest.
 */
export const PLAIN_SIZE = 51;

/** Share of the view that points of the mean size may fill before they grow translucent. */
const FILL = 0.35;
const OPACITY_RANGE = [0.12, 0.9] as const;
const ROOMY_PX2 = 80;

/** Returns the area per point in CSS px², as if points were spread evenly over the view of zoom 1. */
function room(count: number, { width, height }: ViewSize, zoom: number): number {
  return (width * height * zoom * zoom) / Math.max(1, count);
}

/**
 * Factor on the diameter of points: they grow slower than the view, by asinh (as in regl-scatterplot's
 * `asinh` point scale), and shrink with the fourth root of the room where points crowd.
 */
export function sizeFactor(count: number, size: ViewSize, zoom: number): number {
  const grown = zoom > 1 ? Math.asinh(zoom) / Math.asinh(1) : Math.max(0.5, zoom);
  return grown * Math.min(1, Math.max(0.4, (room(count, size, zoom) / ROOMY_PX2) ** 0.25));
}

/**
 * Returns the opacity of filtered points, as a share of the opacity of all points; at least the smallest
 * value that eight bits per channel can show.
 */
export function ghostOpacity(crowd: number): number {
  return Math.max(0.02, 0.1 * crowd);
}

/**
 * Opacity that lets crowds show their density: the share of the view to fill over the area of all discs.
 * After Ricky Reusser, "Selecting the right opacity for 2D point clouds" (observablehq.com/@rreusser), as
 * regl-scatterplot's `opacityBy: 'density'` has it.
 */
export function crowdOpacity(count: number, size: ViewSize, zoom: number, diameter: number): number {
  const disc = Math.max(1, (Math.PI / 4) * diameter * diameter);
  return Math.min(
    OPACITY_RANGE[1],
    Math.max(OPACITY_RANGE[0], (FILL * room(count, size, Math.max(1, zoom))) / disc),
  );
}
