import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import type { DataEncoder } from './encoder.js';

const schema = z.strictObject({
  column: z.string(),
  /** The classes, in the order of the model's outputs. */
  values: z.array(z.string()).min(1).max(100_000),
});
type PresenceSpec = z.infer<typeof schema>;

/** Which classes the objects of a picture have, 1 or 0 for each: `[classes] float32`. */
export const presenceEncoder: DataEncoder<PresenceSpec> = {
  key: 'presence',
  title: 'Classes of objects',
  summary: 'for each class whether an object of the picture has it',
  schema,
  multiLabel: () => true,
  columns: ({ column }) => [column],
  dims: ({ values }) => [values.length],
  classNames: ({ values }) => values,
  create({ column, values }) {
    const index = new Map(values.map((value, i) => [value, i]));
    return (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'object' || cell === null || !('objects' in cell))
        throw valueFault('VALUE_INVALID', column, cell, 'the objects of a picture are needed');
      const encoded = new Float32Array(values.length);
      for (const { label } of cell.objects) {
        const at = index.get(label);
        if (at === undefined)
          throw valueFault('CLASS_UNKNOWN', column, label, `the manifest lists ${values.length} classes`);
        encoded[at] = 1;
      }
      return encoded;
    };
  },
};
