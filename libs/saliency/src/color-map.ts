import { DomainError, Registry } from '@noema/kernel';
import { COOLWARM, MAGMA, VIRIDIS } from './color-tables.js';
import type { HeatMap } from './feature-map.js';

/**
 * A colour table of 256 entries. `viridis` and `magma` are perceptually uniform; `coolwarm` is for signed
 * values around the middle.
 */
export interface ColorMap {
  readonly key: string;
  /** [256, 3] RGB bytes. */
  readonly table: Uint8Array;
}

/** All colour maps by name. */
export const colorMaps = new Registry<ColorMap>('color map', [
  { key: 'viridis', table: parseColor(VIRIDIS) },
  { key: 'magma', table: parseColor(MAGMA) },
  { key: 'coolwarm', table: parseColor(COOLWARM) },
]);

function parseColor(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/**
 * Returns RGB bytes [n, 3] of values: `low` gets the first colour and `high` the last. Values outside are
 * clamped; equal limits give the first colour.
 */
export function colorize(
  values: ArrayLike<number>,
  { table }: ColorMap,
  low: number,
  high: number,
): Uint8Array {
  const rgb = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) {
    const part = high > low ? (values[i]! - low) / (high - low) : 0;
    const entry = Math.round(255 * Math.min(Math.max(part, 0), 1)) * 3;
    rgb.set(table.subarray(entry, entry + 3), 3 * i);
  }
  return rgb;
}

/**
 * Draws a heat map with values in [0, 1] over a picture [height, width, 1 or 3] bytes, as RGB [height, width,
 * 3]. Higher values are more opaque.
 */
export function overlay(picture: Uint8Array, heat: HeatMap, map: ColorMap, opacity = 0.7): Uint8Array {
  const positions = heat.data.length;
  const channels = picture.length / positions;
  if (channels !== 1 && channels !== 3) {
    throw new DomainError(
      'invalid',
      'PICTURE_SHAPE',
      `a picture of ${picture.length} bytes does not fit a heat map of ${heat.height} × ${heat.width}`,
    );
  }
  const rgb = colorize(heat.data, map, 0, 1);
  for (let p = 0; p < positions; p++) {
    const cover = opacity * Math.min(Math.max(heat.data[p]!, 0), 1);
    for (let c = 0; c < 3; c++)
      rgb[3 * p + c] = Math.round(
        cover * rgb[3 * p + c]! + (1 - cover) * picture[p * channels + (channels === 3 ? c : 0)]!,
      );
  }
  return rgb;
}
