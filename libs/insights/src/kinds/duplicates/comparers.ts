import type { Inputs } from '../../population/population.js';
import type { Comparer } from './comparer.js';
import { pictureComparer } from './picture.comparer.js';
import { seriesComparer } from './series.comparer.js';
import { tableComparer } from './table.comparer.js';
import { textComparer } from './text.comparer.js';

/**
 * Returns the comparer for inputs, or why samples of their shape cannot be compared. `black` has the smallest value of
 * each channel.
 */
export function createComparer({ kind, shape }: Inputs, black: readonly number[]): Comparer | string {
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
