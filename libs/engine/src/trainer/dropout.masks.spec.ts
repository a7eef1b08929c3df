import { seededRandom } from '@noema/kernel';
import { expect, it } from 'vitest';
import { DropoutMasks } from './dropout.masks.js';

it.each([
  [4, 1, 0.25],
  [10, 7, 0.5],
  [129, 9, 0.9],
  [8, 3, 0],
])(
  "a mask of %i numbers, for %i rows, drops where the row's own generator is below %d",
  (width, count, rate) => {
    const rows = Uint32Array.from({ length: count }, (_, i) => 3 * i + (i % 2) * 4_000_000_000);
    const out = new Float32Array(count * width);
    const stream = { seed: 2 ** 32 - 5, epoch: 3, mask: 1 };
    new DropoutMasks(width).fill(out, rate, rows, stream);
    rows.forEach((row, i) => {
      const random = seededRandom(stream.seed, stream.epoch, row, stream.mask);
      for (let j = 0; j < width; j++)
        expect(out[i * width + j]).toBe(random() < rate ? 0 : Math.fround(1 / (1 - rate)));
    });
  },
);
