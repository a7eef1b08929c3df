import { permutation, seededRandom } from '@noema/kernel/random';
import sharp from 'sharp';
import type { Source } from '../sources/source.js';

/** Inputs that do not belong to a data set, [rows, size] float32. */
export type Outliers = Float32Array;

const SIDE = 28;
const SIZE = SIDE * SIDE;
const FONTS = ['DejaVu Sans', 'DejaVu Serif', 'DejaVu Sans Mono'];
const LETTERS = 'ABCDEFGHJKLMNPQRTUVWXYZabdefghkmnqrt';

/** Letters in three fonts, two weights and several sizes and places: white on black, without those like digits. */
export async function drawLetters(count: number, seed: number): Promise<Outliers> {
  const random = seededRandom(seed);
  const all = new Float32Array(count * SIZE);
  for (let at = 0; at < count; at++) {
    const pick = <T>(list: ArrayLike<T>): T => list[Math.floor(random() * list.length)]!;
    const size = 18 + Math.floor(random() * 8);
    const svg =
      `<svg width="${SIDE}" height="${SIDE}"><text x="${13 + 2 * random()}" y="${20 + 3 * random()}" ` +
      `text-anchor="middle" fill="white" font-family="${pick(FONTS)}" font-size="${size}" ` +
      `font-weight="${pick(['normal', 'bold'])}">${pick(LETTERS)}</text></svg>`;
    const ink = await sharp(Buffer.from(svg)).flatten({ background: 'black' }).greyscale().raw().toBuffer();
    all.set(
      Float32Array.from(ink, (value) => value / 255),
      at * SIZE,
    );
  }
  return all;
}

/** Pictures of 24 × 24 × 3 in grey in the middle of 28 × 28. */
export function toGrey({ inputs, n }: Source): Outliers {
  const all = new Float32Array(n * SIZE);
  for (let row = 0; row < n; row++)
    for (let y = 0; y < 24; y++)
      for (let x = 0; x < 24; x++) {
        const from = ((row * 24 + y) * 24 + x) * 3;
        const grey = (inputs[from]! + inputs[from + 1]! + inputs[from + 2]!) / 3;
        all[row * SIZE + (y + 2) * SIDE + x + 2] = grey;
      }
  return all;
}

/** Pictures [rows, side, side, channels] after a mean over 5 × 5 pixels. */
export const blur = (inputs: Float32Array, side: number, channels: number): Outliers =>
  eachPixel(inputs, side, channels, (read, y, x) => {
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) sum += read(y + dy, x + dx);
    return sum / 25;
  });

/** Pictures with normal noise of deviation 0.3, kept within 0 and 1. */
export function addNoise(inputs: Float32Array, seed: number): Outliers {
  const random = seededRandom(seed);
  return inputs.map((value) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(1, Math.max(0, value + 0.3 * normal));
  });
}

/** Pictures after a quarter turn. */
export const turn = (inputs: Float32Array, side: number, channels: number): Outliers =>
  eachPixel(inputs, side, channels, (read, y, x) => read(x, side - 1 - y));

function eachPixel(
  inputs: Float32Array,
  side: number,
  channels: number,
  compute: (read: (y: number, x: number) => number, y: number, x: number) => number,
): Outliers {
  const size = side * side * channels;
  const all = new Float32Array(inputs.length);
  for (let from = 0; from < inputs.length; from += size)
    for (let c = 0; c < channels; c++) {
      const read = (y: number, x: number): number =>
        y < 0 || x < 0 || y >= side || x >= side ? 0 : inputs[from + (y * side + x) * channels + c]!;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) all[from + (y * side + x) * channels + c] = compute(read, y, x);
    }
  return all;
}

/** Rows of a table each column of which comes from another row: every column alone looks right. */
export function shuffleColumns({ inputs, n, shape }: Source, seed: number): Outliers {
  const random = seededRandom(seed);
  const columns = shape.at(-1)!;
  const all = new Float32Array(inputs.length);
  for (let c = 0; c < columns; c++)
    for (let row = 0; row < n; row++)
      all[row * columns + c] = inputs[Math.floor(random() * n) * columns + c]!;
  return all;
}

/** Series whose steps come in a random order. */
export function shuffleSteps({ inputs, n, shape }: Source, seed: number): Outliers {
  const random = seededRandom(seed);
  const [steps, channels] = shape as [number, number];
  const all = new Float32Array(inputs.length);
  for (let row = 0; row < n; row++)
    permutation(steps, random).forEach((from, to) => {
      for (let c = 0; c < channels; c++)
        all[(row * steps + to) * channels + c] = inputs[(row * steps + from) * channels + c]!;
    });
  return all;
}
