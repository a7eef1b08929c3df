import { tensor } from '@noema/integration';
import * as z from 'zod';
import { valueFault } from '../data-fault.js';
import { rasterize, UNKNOWN_CLASS } from '../objects/rasterize.js';
import type { DataEncoder } from './encoder.js';

const side = z.int().min(1).max(4096);
const schema = z.strictObject({
  column: z.string(),
  height: side,
  width: side,
  /** The classes of objects, after the class 0 of everything else. */
  values: z.array(z.string()).min(1).max(254),
});
type MaskSpec = z.infer<typeof schema>;

/**
 * The class of each pixel, as one number for each class: `[height, width, 1 + classes] float32`. The first class is
 * everything that is no object, and pixels that are not known.
 */
export const maskEncoder: DataEncoder<MaskSpec> = {
  key: 'mask',
  title: 'Class of each pixel',
  summary: 'one number for each class and pixel, of masks or of the outlines of objects',
  schema,
  columns: ({ column }) => [column],
  dims: ({ height, width, values }) => [height, width, values.length + 1],
  classNames: ({ values }) => ['background', ...values],
  create({ column, height, width, values }, { tree }) {
    const size = values.length + 1;
    return async (row) => {
      const cell = row[column] ?? null;
      if (typeof cell !== 'object' || cell === null || !('objects' in cell))
        throw valueFault('VALUE_INVALID', column, cell, 'the objects of a picture are needed');
      const classes = await rasterize(cell, values, [height, width], tree);
      const encoded = new Float32Array(height * width * size);
      for (const [pixel, index] of classes.entries())
        encoded[pixel * size + (index === UNKNOWN_CLASS ? 0 : index)] = 1;
      return tensor(encoded, [height, width, size]);
    };
  },
};
