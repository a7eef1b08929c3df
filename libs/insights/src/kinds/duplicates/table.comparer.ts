import { formatCount } from '../../finding/numbers.js';
import type { Comparer } from './comparer.js';
import { hashCell, SKETCH_WIDTH, sketchItems } from './item-sketch.js';

/** Largest share of cells that a planted copy changes. */
const CHANGED = 0.1;

/**
 * Rows of tables: the share of equal cells. Returns why rows cannot be compared: one changed cell of a short row is too
 * large a share, and rows of rounded numbers often differ in one cell by chance.
 */
export function tableComparer(shape: readonly number[]): Comparer<Float32Array> | string {
  const columns = shape.reduce((product, dim) => product * dim, 1);
  const most = Math.floor(columns * CHANGED);
  if (most < 1)
    return (
      `Only equal rows count as copies: rows have ${formatCount(columns, 'column')}, and changed copies are searched ` +
      `in rows of at least ${Math.ceil(1 / CHANGED)}.`
    );
  return {
    views: ['itself'],
    viewKinds: [0],
    width: SKETCH_WIDTH,
    trees: 40,
    similarity: 'share of equal cells',
    copies: `a copy has up to ${most} of ${columns} cells changed by up to 10%`,
    prepare: (input) => input,
    describe: (sample, _, into) => {
      sketchItems(
        Array.from(sample, (value, column) => hashCell(column, value)),
        into,
      );
    },
    compare(a, b) {
      let equal = 0;
      for (let i = 0; i < columns; i++)
        if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) equal++;
      return equal / columns;
    },
    plant(input, random) {
      const copy = input.slice();
      for (let changes = 1 + Math.floor(random() * most); changes > 0; changes--) {
        const column = Math.floor(random() * columns);
        const value = copy[column]!;
        copy[column] = value === 0 ? random() : value * (0.9 + 0.2 * random());
      }
      return copy;
    },
  };
}
