import type { Rgb } from './gl/scene.js';

/**
 * Returns red, green, blue, 0 to 1, of a CSS colour, as the browser parses it; grey for an invalid colour.
 */
export function parseRgb(css: string): Rgb {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#808080';
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red! / 255, green! / 255, blue! / 255];
}

/** Returns black or white, whichever has more contrast. */
export function inkOn([red, green, blue]: Rgb): Rgb {
  return 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 ? [0.07, 0.07, 0.09] : [1, 1, 1];
}
