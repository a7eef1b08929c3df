import { useMemo } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import { type Column, countCodes } from '../points/column.js';
import { type PlaceLabel, toLabels } from './label-placement.js';

/** A class name on the map; faint while none of its points is shown. */
export interface ClassLabel extends PlaceLabel {
  readonly isFaint: boolean;
}

/**
 * The class names where all points of a class lie, filtered or not; none while they are off or their columns
 * have not come.
 */
export function useLabels(
  isOn: boolean,
  columns: ReadonlyMap<string, Column>,
  shown: BitMask | undefined,
): readonly ClassLabel[] {
  const column = columns.get('true_class');
  const [x, y, z] = ['x', 'y', 'z'].map((name) => {
    const axis = columns.get(name);
    return axis?.kind === 'number' ? axis.values : undefined;
  });
  const labels = useMemo(
    () =>
      // Axes may have come before the classes of the same points.
      isOn && column?.kind === 'code' && column.values.length === x?.length && y !== undefined
        ? toLabels(column, { x, y, z })
        : [],
    [isOn, column, x, y, z],
  );
  return useMemo(() => {
    const counts = shown === undefined || column?.kind !== 'code' ? undefined : countCodes(column, shown);
    return labels.map((label) => ({ ...label, isFaint: counts?.[label.code] === 0 }));
  }, [labels, column, shown]);
}
