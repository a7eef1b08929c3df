import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** The classes, in the order of the model's outputs. */
  values: z.array(z.string()).min(1).max(100_000),
  /** Objects of a sample, at most. */
  length: z.int().min(1).max(2_000),
});
type BoxesSpec = z.infer<typeof schema>;

/** Numbers of an object: x, y, width, height, class. */
const FIELDS = 5;

/**
 * The boxes of the objects of a picture, `[length, 5] float32`: left and upper edge, width and height as shares of
 * the picture, and the number of the class; rows without an object have the class −1. The task detection takes it.
 */
export const boxesEncoder: DataEncoder<BoxesSpec> = {
  key: 'boxes',
  title: 'Boxes of objects',
  summary: 'for each object of the picture its box, as shares of the picture, and its class',
  schema,
  multiLabel: () => true,
  columns: ({ column }) => [column],
  dims: ({ length }) => [length, FIELDS],
  classNames: ({ values }) => values,
  create({ column, values, length }) {
    const index = new Map(values.map((value, i) => [value, i]));
    return (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'object' || cell === null || !('objects' in cell))
        throw valueFault('VALUE_INVALID', column, cell, 'the objects of a picture are needed');
      const { objects } = cell;
      if (objects.length > length)
        throw valueFault(
          'VALUE_INVALID',
          column,
          `${objects.length} objects`,
          `the manifest has room for ${length}; raise "length"`,
        );
      const encoded = new Float32Array(length * FIELDS);
      for (let at = 0; at < length; at++) encoded[FIELDS * at + 4] = -1;
      for (const [at, { label, x, y, width, height }] of objects.entries()) {
        const own = index.get(label);
        if (own === undefined)
          throw valueFault('CLASS_UNKNOWN', column, label, `the manifest lists ${values.length} classes`);
        encoded.set([x, y, width, height, own], FIELDS * at);
      }
      return tensor(encoded, [length, FIELDS]);
    };
  },
};
