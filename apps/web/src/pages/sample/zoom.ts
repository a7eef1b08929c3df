/**
 * How a picture lies in its frame: enlarged by `scale`, then moved by `x`, `y` CSS pixels from its middle.
 */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The whole picture, as large as fits. */
export const FIT: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 64;

/**
 * Zooms by a factor and holds the point `at`, in CSS pixels from the middle of a frame of that size, where it
 * is.
 */
export function zoomed(
  { scale, x, y }: Zoom,
  factor: number,
  at: { readonly x: number; readonly y: number },
  frame: { readonly width: number; readonly height: number },
): Zoom {
  const next = Math.min(MOST, Math.max(1, scale * factor));
  const grown = next / scale;
  return kept({ scale: next, x: at.x - (at.x - x) * grown, y: at.y - (at.y - y) * grown }, frame);
}

/** Moves the picture, never further than its edge at the edge of the frame. */
export const moved = (
  { scale, x, y }: Zoom,
  dx: number,
  dy: number,
  frame: { readonly width: number; readonly height: number },
): Zoom => kept({ scale, x: x + dx, y: y + dy }, frame);

function kept(
  { scale, x, y }: Zoom,
  { width, height }: { readonly width: number; readonly height: number },
): Zoom {
  const most = (side: number): number => (side * (scale - 1)) / 2;
  const inside = (value: number, side: number): number =>
    Math.min(most(side), Math.max(-most(side), value)) + 0;
  return { scale, x: inside(x, width), y: inside(y, height) };
}
