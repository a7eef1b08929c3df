import { tensor } from '@noema/integration';
import * as z from 'zod';
import { decodePicture } from './picture.pixels.js';
import type { DataEncoder } from './encoder.js';

const side = z.int().min(1).max(4096);
const numbers = z.array(z.number());

const schema = z.strictObject({
  column: z.string(),
  height: side,
  width: side,
  channels: z.union([z.literal(1), z.literal(3)]).default(3),
  /** `stretch` ignores the ratio of the sides, `contain` adds borders, `cover` cuts them off. */
  fit: z.enum(['stretch', 'contain', 'cover']).default('stretch'),
  /** Factor of the bytes from 0 to 255. */
  scale: z.number().default(1 / 255),
  /** Of each channel, subtracted and divided after the scale. */
  mean: numbers.optional(),
  std: numbers.optional(),
});
type PictureSpec = z.infer<typeof schema>;

/** A picture, resized (Lanczos), `[height, width, channels] float32`. */
export const pictureEncoder: DataEncoder<PictureSpec> = {
  key: 'picture',
  title: 'Picture',
  summary: 'decodes, resizes, scales and, with mean and std, standardizes each channel',
  schema,
  columns: ({ column }) => [column],
  dims: ({ height, width, channels }) => [height, width, channels],
  create(spec, { tree }) {
    const { column, height, width, channels, fit, scale, mean, std } = spec;
    const [offsets, factors] = Array.from({ length: channels }, (_, c) => {
      const divisor = std?.[c] ?? 1;
      return [-(mean?.[c] ?? 0) / divisor, scale / divisor] as const;
    }).reduce<[number[], number[]]>(
      ([a, b], [offset, factor]) => [
        [...a, offset],
        [...b, factor],
      ],
      [[], []],
    );
    return async (row) => {
      const { data } = await decodePicture(row[column], tree, channels, (picture) =>
        picture.resize(width, height, { fit: fit === 'stretch' ? 'fill' : fit, background: '#000000' }),
      );
      const values = new Float32Array(height * width * channels);
      for (let i = 0; i < values.length; i++)
        values[i] = data[i]! * factors[i % channels]! + offsets[i % channels]!;
      return tensor(values, [height, width, channels]);
    };
  },
};
