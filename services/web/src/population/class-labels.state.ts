import { useMemo } from 'react';
import type { BitMask } from './bit-mask.js';
import type { Column } from './column.js';
import { labelsOf } from './label-placement.js';

/** The class names at the clusters of the shown points; none while they are off or their columns have not come. */
export function useLabels(isOn: boolean, columns: ReadonlyMap<string, Column>, shown: BitMask | undefined) {
  const column = columns.get('true_class');
  const [x, y, z] = ['x', 'y', 'z'].map((name) => { const axis = columns.get(name); return axis?.kind === 'number' ? axis.values : undefined; });
  return useMemo(() => (isOn && column?.kind === 'code' && x !== undefined && y !== undefined ? labelsOf(column, { x, y, z, shown }) : []), [isOn, column, x, y, z, shown]);
}
