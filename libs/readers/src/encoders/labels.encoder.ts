import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** Names of the classes, in the order of the array. */
  values: z.array(z.string()).min(1).max(100_000),
  /** True where a sample may have several classes, or none. */
  several: z.boolean().default(false),
});
type LabelsSpec = z.infer<typeof schema>;

/** An array with one number from 0 to 1 for each class, unchanged: `[classes] float32`. */
export const labelsEncoder: DataEncoder<LabelsSpec> = {
  key: 'labels',
  title: 'Labels',
  summary: 'an array with one number from 0 to 1 for each class, of which one or several may be true',
  schema,
  multiLabel: ({ several }) => several,
  columns: ({ column }) => [column],
  dims: ({ values }) => [values.length],
  classNames: ({ values }) => values,
  create:
    ({ column, values }) =>
    (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'object' || cell === null || !('data' in cell))
        throw valueFault('VALUE_INVALID', column, cell, 'an array is needed');
      if (cell.data.length !== values.length)
        throw valueFault('ARRAY_SIZE_DIFFERS', column, cell, `the manifest lists ${values.length} classes`);
      const odd = cell.data.findIndex((value) => !(value >= 0 && value <= 1));
      if (odd !== -1)
        throw valueFault(
          'VALUE_INVALID',
          column,
          cell,
          `the number of the class "${values[odd]}" is ${cell.data[odd]}; numbers from 0 to 1 are needed`,
        );
      return tensor(Float32Array.from(cell.data), [values.length]);
    },
};
