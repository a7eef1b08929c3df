import type { Inputs } from '../../population/population.js';
import type { Comparer } from './comparer.js';
import { pictureComparer } from './picture.comparer.js';
import { seriesComparer } from './series.comparer.js';
import { tableComparer } from './table.comparer.js';
import { textComparer } from './text.comparer.js';

/** Options of a comparer; each thread creates its own one. */
export interface ComparerOptions extends Pick<Inputs, 'kind' | 'shape'> {
  /** The smallest value of each channel. */
  readonly black: readonly number[];
}

/** Returns the comparer for inputs, or why samples of their shape cannot be compared. */
export function createComparer({ kind, shape, black }: ComparerOptions): Comparer | string {
  switch (kind) {
    case 'image':
      return pictureComparer(shape, black);
    case 'series':
      return seriesComparer(shape);
    case 'text':
      return textComparer(shape);
    case 'table':
      return tableComparer(shape);
  }
}
