import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { type Cell, cellText, type Row } from '../records.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  columns: z
    .array(
      z.union([
        z.strictObject({ column: z.string(), mean: z.number(), std: z.number().positive() }),
        z.strictObject({ column: z.string(), values: z.array(z.string()).min(1).max(1_000) }),
        z.strictObject({ column: z.string() }),
      ]),
    )
    .min(1)
    .max(4_096),
});
type FeaturesSpec = z.infer<typeof schema>;
type Part = FeaturesSpec['columns'][number];

/**
 * Numbers as `(x − mean) / std`, categories as one number for each value, booleans as 0 and 1, side by side:
 * `[d] float32`. A missing number is its mean (0 after standardizing); a missing or unknown category is all 0.
 */
export const featuresEncoder: DataEncoder<FeaturesSpec> = {
  key: 'features',
  title: 'Columns of a table',
  summary: 'standardized numbers, coded categories and booleans of several columns, side by side',
  schema,
  columns: ({ columns }) => columns.map(({ column }) => column),
  dims: ({ columns }) => [
    columns.reduce((sum, part) => sum + ('values' in part ? part.values.length : 1), 0),
  ],
  sizes: ({ columns }) =>
    columns.map((part) => ({ column: part.column, size: 'values' in part ? part.values.length : 1 })),
  create({ columns }) {
    const parts = columns.map(toPart);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    return (row: Row) => {
      const values = new Float32Array(size);
      let at = 0;
      for (const part of parts) {
        part.write(row[part.column] ?? null, values, at);
        at += part.size;
      }
      return values;
    };
  },
  createBatch({ columns }) {
    const parts = columns.map(toPart);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    return (cells, rows) => {
      const values = new Float32Array(rows * size);
      let at = 0;
      for (const part of parts) {
        const column = cells.get(part.column)!;
        try {
          for (let row = 0; row < rows; row++) part.write(column[row]!, values, row * size + at);
        } catch {
          return undefined;
        }
        at += part.size;
      }
      return values;
    };
  },
};

interface Writer {
  readonly column: string;
  readonly size: number;
  readonly write: (cell: Cell, into: Float32Array, at: number) => void;
}

function toPart(part: Part): Writer {
  const { column } = part;
  if ('values' in part) {
    const index = new Map(part.values.map((value, i) => [value, i]));
    return {
      column,
      size: part.values.length,
      write(cell, into, at) {
        const i = cell === null ? undefined : index.get(cellText(cell));
        if (i !== undefined) into[at + i] = 1;
      },
    };
  }
  const [mean, std] = 'mean' in part ? [part.mean, part.std] : [0, 1];
  return {
    column,
    size: 1,
    write(cell, into, at) {
      const value = cell === null ? mean : Number(cell);
      if (typeof cell === 'object' && cell !== null)
        throw valueFault('VALUE_INVALID', column, cell, 'a number is needed');
      if (Number.isNaN(value) && typeof cell === 'string')
        throw valueFault('VALUE_INVALID', column, cell, 'a number is needed');
      into[at] = Number.isNaN(value) ? 0 : (value - mean) / std;
    },
  };
}
