import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** Sizes of the tensor; default: the sizes of the array. */
  shape: z.array(z.int().min(1)).min(1).max(7).optional(),
  /** Whether arrays with fewer steps are padded by the mean at the end, and ones with more are cut; needs `shape`. */
  pad: z.boolean().optional(),
  mean: z.number().default(0),
  std: z.number().positive().default(1),
});
type ArraySpec = z.infer<typeof schema>;

/** An array of numbers as `(x − mean) / std`, in its shape or another one of as many numbers. */
export const arrayEncoder: DataEncoder<ArraySpec> = {
  key: 'array',
  title: 'Array',
  summary: 'the numbers of an array, scaled, in its shape or another one of as many numbers',
  schema,
  columns: ({ column }) => [column],
  dims: ({ shape }) => shape,
  create:
    ({ column, shape, mean, std, pad = false }) =>
    (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'object' || cell === null || !('data' in cell))
        throw valueFault('VALUE_INVALID', column, cell, 'an array is needed');
      const sizes = shape ?? cell.shape;
      const size = sizes.reduce((a, b) => a * b, 1);
      const isWhole = cell.data.length % (size / sizes[0]!) === 0;
      if (pad ? !isWhole : size !== cell.data.length)
        throw valueFault(
          'ARRAY_SIZE_DIFFERS',
          column,
          cell,
          `it holds ${cell.data.length} numbers, and the shape [${sizes.join(', ')}] needs another number; arrays of ` +
            'samples have one shape',
        );
      const values = new Float32Array(size);
      for (let i = 0; i < Math.min(size, cell.data.length); i++) values[i] = (cell.data[i]! - mean) / std;
      return tensor(values, sizes);
    },
};
