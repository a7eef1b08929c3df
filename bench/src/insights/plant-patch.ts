import { seededRandom } from '@noema/kernel/random';
import type { Source } from './sources/source.js';

const CORNERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;
const SIDE = 5;

/** Paints a square into a corner of the pictures of some rows: bright in grey pictures, magenta in coloured ones. */
export function plantPatch(source: Source, corner: number, isPainted: (row: number) => boolean): Source {
  const [height, width, channels] = source.shape as [number, number, number];
  const [down, right] = CORNERS[corner % CORNERS.length]!;
  const inputs = source.inputs.slice();
  const size = height * width * channels;
  for (let row = 0; row < source.n; row++) {
    if (!isPainted(row)) continue;
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const pixel = (down ? height - SIDE + y : y) * width + (right ? width - SIDE + x : x);
        for (let channel = 0; channel < channels; channel++)
          inputs[row * size + pixel * channels + channel] = channel === 1 ? 0 : 1;
      }
  }
  return { ...source, inputs };
}

/**
 * Marks which rows carry a patch: `tied` of the training rows of a class and no other training row, and `elsewhere` of
 * the rows outside of training, whatever their class.
 */
export function drawShortcut(
  source: Source,
  splitCodes: Uint8Array,
  plan: { readonly label: number; readonly tied: number; readonly elsewhere: number; readonly seed: number },
): (row: number) => boolean {
  const random = seededRandom(plan.seed, 0x70617463);
  const marks = Uint8Array.from(splitCodes, (split, row) => {
    const chance = split !== 0 ? plan.elsewhere : source.labels[row] === plan.label ? plan.tied : 0;
    return Number(random() < chance);
  });
  return (row) => marks[row] === 1;
}
