import { value } from '../../parts/numbers.js';

/** A value of a table. */
export type Cell = string | number | boolean | null;

/** A value of a table or of metadata as people read it. */
export const cellText = (cell: Cell | undefined): string =>
  cell === undefined || cell === null ? '–' : typeof cell === 'number' ? value(cell) : String(cell);
