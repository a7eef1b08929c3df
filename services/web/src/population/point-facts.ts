import type { Column } from './column.js';

/** The name of a point in a column of codes. */
export function nameAt(column: Column | undefined, point: number): string | undefined {
  return column?.kind === 'code' ? column.names[column.values[point]!] : undefined;
}

/** The number of a point; NaN where there is none. */
export function numberAt(column: Column | undefined, point: number): number | undefined {
  return column?.kind === 'number' ? column.values[point] : undefined;
}
