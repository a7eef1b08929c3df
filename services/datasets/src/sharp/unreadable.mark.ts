import type { Pixels } from './picture.decoder.js';

const GREY = [128, 128, 128, 160] as const;

/**
 * Makes the placeholder of a picture that cannot be read: a grey square with a diagonal, in the middle half
 * of a transparent tile of that side.
 */
export function unreadableMark(side: number): Pixels {
  const data = new Uint8Array(side * side * 4);
  const [low, high] = [Math.round(side / 4), side - Math.round(side / 4) - 1];
  const isEdge = (at: number): boolean => at === low || at === high;
  for (let y = low; y <= high; y++) {
    for (let x = low; x <= high; x++)
      if (isEdge(x) || isEdge(y) || x - low === high - y) data.set(GREY, (y * side + x) * 4);
  }
  return { width: side, height: side, data, reduced: false };
}
