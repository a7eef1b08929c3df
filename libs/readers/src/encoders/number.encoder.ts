import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({ columns: z.array(z.string()).min(1).max(1_000) });
type NumberSpec = z.infer<typeof schema>;

/** Unchanged numbers, such as the targets of a regression: `[d] float32`. */
export const numberEncoder: DataEncoder<NumberSpec> = {
  key: 'number',
  title: 'Numbers',
  summary: 'the unchanged numbers of one or several columns',
  schema,
  columns: ({ columns }) => columns,
  dims: ({ columns }) => [columns.length],
  sizes: ({ columns }) => columns.map((column) => ({ column, size: 1 })),
  create:
    ({ columns }) =>
    (row) =>
      Float32Array.from(columns, (column) => {
        const cell = row[column] ?? null;
        const value = typeof cell === 'number' || typeof cell === 'boolean' ? Number(cell) : NaN;
        if (!Number.isFinite(value))
          throw valueFault('VALUE_INVALID', column, cell, 'a finite number is needed');
        return value;
      }),
  createBatch:
    ({ columns }) =>
    (cells, rows) => {
      const values = new Float32Array(rows * columns.length);
      for (const [at, column] of columns.entries())
        for (const [row, cell] of cells.get(column)!.entries()) {
          const value = typeof cell === 'number' || typeof cell === 'boolean' ? Number(cell) : NaN;
          if (!Number.isFinite(value)) return undefined;
          values[row * columns.length + at] = value;
        }
      return values;
    },
};
