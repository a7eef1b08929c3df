import { oneHot } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { cellText } from '../records.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** The values, in the order of the model's outputs. */
  values: z.array(z.string()).min(1).max(100_000),
  /** Names of the values for people; default: the values. */
  names: z.array(z.string()).optional(),
});
type ClassesSpec = z.infer<typeof schema>;

/** A class, as one number for each class: `[classes] float32`. */
export const classesEncoder: DataEncoder<ClassesSpec> = {
  key: 'classes',
  title: 'Class',
  summary: 'one class of a list, as one number for each class',
  schema,
  columns: ({ column }) => [column],
  dims: ({ values }) => [values.length],
  classNames: ({ values, names }) => names ?? values,
  create({ column, values }) {
    const index = new Map(values.map((value, i) => [value, i]));
    return (row) => {
      const cell = row[column] ?? null;
      const at = cell === null ? undefined : index.get(cellText(cell));
      if (at === undefined)
        throw valueFault(
          'CLASS_UNKNOWN',
          column,
          cell,
          `the manifest lists ${values.length} classes: ${values.slice(0, 10).join(', ')}`,
        );
      return oneHot(at, values.length);
    };
  },
  createBatch({ column, values }) {
    const index = new Map(values.map((value, i) => [value, i]));
    return (columns, rows) => {
      const encoded = new Float32Array(rows * values.length);
      for (const [row, cell] of columns.get(column)!.entries()) {
        const at = cell === null ? undefined : index.get(cellText(cell));
        if (at === undefined) return undefined;
        encoded[row * values.length + at] = 1;
      }
      return encoded;
    };
  },
};
