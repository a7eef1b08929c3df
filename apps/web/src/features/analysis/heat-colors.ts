import { continuousColor, divergingColor, type Rgb, toCss } from '../../parts/scales/scales.js';
import type { HeatValues } from './heat-values.js';

/** How values become colors: `diverging` shows their sign, the others their size. */
export type HeatMapColors = 'magma' | 'viridis' | 'diverging';
export const HEAT_MAP_COLORS: readonly HeatMapColors[] = ['magma', 'viridis', 'diverging'];

/** Below this square root of a share of the peak nothing is said. */
const QUIET = 0.25;
const STEPS = 256;

/**
 * The color of a share of the peak, −1 to 1; heat maps lie on pictures, which have no ground of their own.
 */
export const heatColor = (colors: HeatMapColors, share: number): Rgb =>
  colors === 'diverging' ? divergingColor(share) : continuousColor(colors, Math.abs(share), 'dark');

/**
 * A heat map as pixels, RGBA, row-major: the square root of the share of the peak is how much covers, so that
 * weak places show next to strong ones.
 */
export function heatPixels(
  { values, peak }: Pick<HeatValues, 'values' | 'peak'>,
  colors: HeatMapColors,
): Uint8ClampedArray<ArrayBuffer> {
  const table = Array.from({ length: 2 * STEPS + 1 }, (_, i) => heatColor(colors, (i - STEPS) / STEPS));
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const share = peak === 0 ? 0 : values[i]! / peak;
    const cover = Math.sqrt(Math.abs(share));
    if (cover < QUIET) continue;
    const color = table[Math.round(STEPS + STEPS * Math.sign(share) * cover)]!;
    pixels.set([color[0], color[1], color[2], Math.round(255 * cover)], 4 * i);
  }
  return pixels;
}

/** The colors as CSS: from 0 to the peak, or from −peak to peak for signed values. */
export function heatGradient(colors: HeatMapColors, signed: boolean): string {
  const stops = Array.from({ length: 13 }, (_, i) => {
    const share = signed ? (i - 6) / 6 : i / 12;
    return toCss(heatColor(colors, Math.sign(share) * Math.sqrt(Math.abs(share))));
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
