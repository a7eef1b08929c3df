import { encodeBytes } from './byte-encoding.js';
import { plainColumn } from '../../../parts/output-column.js';
import { type Column, isLogarithmic, isSigned, type NumberColumn } from '../points/column.js';
import { numberScale } from '../../../parts/scales/number-scale.js';
import { type Extent, findExtent } from '../../../parts/scales/extent.js';

/** Few dots are large: sizes grow with this power of the place on the scale. */
export const POWER = 4.5;
const MISSING_SIZE = 40;

/**
 * Sizes of all points, 0 to 255; numbers grow with their value, what is wrong is large and what is right
 * small. Numbers are measured by what they span, or by a given domain. `undefined` for all alike.
 */
export function encodeSizes(column: Column | undefined, domain?: Extent): Uint8Array | undefined {
  if (column === undefined) return undefined;
  if (column.kind === 'code') {
    const out = new Uint8Array(column.values.length);
    const large = column.names.map((name) =>
      plainColumn(column.name) === 'correct' ? (name === 'false' ? 255 : 25) : 100,
    );
    for (let i = 0; i < out.length; i++) out[i] = large[column.values[i]!] ?? MISSING_SIZE;
    return out;
  }
  const { values } = sizedNumbers(column);
  const scale = numberScale(
    isLogarithmic(column.name) ? 'log' : 'linear',
    isSigned(column.name) ? findExtent(values) : (domain ?? findExtent(values)),
  );
  return encodeBytes(values, (value) =>
    Number.isNaN(value) ? MISSING_SIZE : Math.round(scale.share(value) ** POWER * 255),
  );
}

/** The numbers that size the dots: of changes how large they are, whether up or down. */
export const sizedNumbers = (column: NumberColumn): NumberColumn =>
  isSigned(column.name) ? { ...column, values: column.values.map(Math.abs) } : column;

/** Diameters of the smallest and the largest dot in CSS pixels, by how many dots there are. */
export function pointSizes(count: number): readonly [number, number] {
  return count <= 2_000 ? [5, 20] : count <= 20_000 ? [3.5, 17] : count <= 200_000 ? [2.5, 12] : [1.6, 8];
}
