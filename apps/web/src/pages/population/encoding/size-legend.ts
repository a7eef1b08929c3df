import type { Extent } from '../../../parts/scales/extent.js';
import { findExtent } from '../../../parts/scales/extent.js';
import { numberScale } from '../../../parts/scales/number-scale.js';
import { value as numberText } from '../../../parts/numbers.js';
import { codeTitle, type Column, isLogarithmic, isSigned } from '../points/column.js';
import { encodeSizes, POWER, sizedNumbers } from './size-encoding.js';

/** One dot of the legend of sizes. */
export interface SizeMark {
  readonly text: string;
  /** Diameter in CSS pixels before the map is zoomed. */
  readonly diameter: number;
}

/** Sizes whose values the legend of a number names: the smallest dot, one halfway, the largest. */
const SHARES = [0, 0.5, 1];

/**
 * The dots that explain the sizes of a column: of numbers the values of a small, a middle and a large dot, of
 * names one dot each. `range` is the diameters of the smallest and the largest dot.
 */
export function sizeMarks(
  column: Column,
  [least, most]: readonly [number, number],
  domain?: Extent,
): SizeMark[] {
  const diameter = (share: number): number => least + share * (most - least);
  if (column.kind === 'code') {
    const codes = { ...column, values: Int32Array.from(column.names, (_, code) => code) };
    const sizes = encodeSizes(codes);
    return column.names
      .map((name, code) => ({
        text: codeTitle(column.name, name),
        diameter: diameter((sizes?.[code] ?? 0) / 255),
      }))
      .sort((a, b) => a.diameter - b.diameter);
  }
  const extent = (isSigned(column.name) ? undefined : domain) ?? findExtent(sizedNumbers(column).values);
  const scale = numberScale(isLogarithmic(column.name) ? 'log' : 'linear', extent);
  const marks = extent.low < extent.high ? SHARES : [1];
  return marks.map((share) => ({
    text: numberText(Number((share === 0 ? extent.low : scale.value(share ** (1 / POWER))).toPrecision(2))),
    diameter: diameter(share),
  }));
}
