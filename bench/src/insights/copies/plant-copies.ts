import { permutation, seededRandom } from '@noema/kernel/random';
import { pickRows, type Source } from '../sources/source.js';

type Draw = () => number;

/** A source with copies of some of its samples at its end. */
export interface PlantedCopies {
  readonly source: Source;
  /** Row from which each row is, [n] int32: itself in front. */
  readonly origin: Int32Array;
}

/** Returns `rows` samples of a source and changed copies of a share of them. Kinds of changes take turns. */
export function plantCopies(
  all: Source,
  { rows, share, seed }: { readonly rows: number; readonly share: number; readonly seed: number },
): PlantedCopies {
  const random = seededRandom(seed, 41);
  const base = permutation(all.n, random).slice(0, Math.min(rows, all.n)).sort();
  const count = Math.round(share * base.length);
  const copied = permutation(base.length, random).slice(0, count);
  const origin = Int32Array.from([...base.keys(), ...copied]);
  const source = pickRows(
    all,
    Array.from(origin, (row) => base[row]!),
  );
  const size = source.inputs.length / source.n;
  for (let at = 0; at < count; at++) {
    const own = source.inputs.subarray((base.length + at) * size, (base.length + at + 1) * size);
    own.set(changeSample(source, own.slice(), at, random));
  }
  return { source, origin };
}

function changeSample({ kind, shape }: Source, input: Float32Array, at: number, random: Draw): Float32Array {
  switch (kind) {
    case 'image':
      return transformPicture(input, shape as [number, number, number], at % 5, random);
    case 'text':
      return changeText(input, at % 3, random);
    case 'series':
      return changeSeries(input, shape[1] ?? 1, at % 3, random);
    case 'table':
      return changeCells(input, 1 + (at % 3), random);
  }
}

/**
 * The five transformations of imagededup's benchmark: a random crop of 560 × 420 of 640 × 480, both flips, a rotation
 * by 25° with black corners, and another aspect ratio, which a loader scales back to the size of the inputs.
 */
function transformPicture(
  input: Float32Array,
  [height, width, channels]: [number, number, number],
  kind: number,
  random: Draw,
): Float32Array {
  const [left, top] = [random() * 0.125 * width, random() * 0.125 * height];
  const [cos, sin] = [Math.cos((25 * Math.PI) / 180), Math.sin((25 * Math.PI) / 180)];
  const [midX, midY] = [(width - 1) / 2, (height - 1) / 2];
  const maps: ((x: number, y: number) => readonly [number, number])[] = [
    (x, y) => [left + 0.875 * (x + 0.5) - 0.5, top + 0.875 * (y + 0.5) - 0.5],
    (x, y) => [width - 1 - x, y],
    (x, y) => [x, height - 1 - y],
    (x, y) => [midX + cos * (x - midX) - sin * (y - midY), midY + sin * (x - midX) + cos * (y - midY)],
  ];
  const map = maps[kind];
  if (map !== undefined) return resample(input, [height, width, channels], [height, width], map);
  const low = Math.round(0.75 * height);
  const scale = height / low;
  const small = resample(input, [height, width, channels], [low, width], (x, y) => [
    x,
    (y + 0.5) * scale - 0.5,
  ]);
  return resample(small, [low, width, channels], [height, width], (x, y) => [x, (y + 0.5) / scale - 0.5]);
}

/** Bilinear; black outside. */
function resample(
  input: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  [rows, columns]: readonly [number, number],
  map: (x: number, y: number) => readonly [number, number],
): Float32Array {
  const output = new Float32Array(rows * columns * channels);
  const read = (x: number, y: number, c: number): number => {
    const [column, row] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
    return input[(row * width + column) * channels + c]!;
  };
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = map(column, row);
      if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) continue;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      for (let c = 0; c < channels; c++)
        output[(row * columns + column) * channels + c] =
          (1 - v) * ((1 - u) * read(left, top, c) + u * read(left + 1, top, c)) +
          v * ((1 - u) * read(left, top + 1, c) + u * read(left + 1, top + 1, c));
    }
  return output;
}

/** A cut at the start or the end, or two changed tokens. Zeros pad the end. */
function changeText(input: Float32Array, kind: number, random: Draw): Float32Array {
  const length = input.findLastIndex((token) => token !== 0) + 1;
  const cut = Math.ceil(0.1 * length * random());
  const copy = new Float32Array(input.length);
  if (kind === 0) copy.set(input.subarray(cut, length));
  else if (kind === 1) copy.set(input.subarray(0, length - cut));
  else {
    copy.set(input);
    for (let change = 0; change < 2; change++)
      copy[Math.floor(random() * length)] = input[Math.floor(random() * length)]!;
  }
  return copy;
}

/** A shift by up to 8 %, another scale and offset, or noise of 2 %. */
function changeSeries(input: Float32Array, channels: number, kind: number, random: Draw): Float32Array {
  const steps = input.length / channels;
  const mean = input.reduce((sum, value) => sum + value, 0) / input.length;
  const deviation = Math.sqrt(input.reduce((sum, value) => sum + (value - mean) ** 2, 0) / input.length);
  const shift = (random() < 0.5 ? -1 : 1) * Math.max(1, Math.round(0.08 * steps * random()));
  if (kind === 1) return input.map((value) => 1.5 * value + 0.3 * deviation);
  if (kind === 2)
    return input.map((value) => value + 0.04 * deviation * (random() + random() + random() - 1.5));
  return input.map((_, at) => {
    const step = Math.min(steps - 1, Math.max(0, Math.floor(at / channels) + shift));
    return input[step * channels + (at % channels)]!;
  });
}

/** Cells that are missing or rounded to a digit. */
function changeCells(input: Float32Array, cells: number, random: Draw): Float32Array {
  const copy = input.slice();
  for (let change = 0; change < cells; change++) {
    const column = Math.floor(random() * input.length);
    copy[column] = random() < 0.5 ? NaN : Number(input[column]!.toPrecision(1)) + 0.01;
  }
  return copy;
}
