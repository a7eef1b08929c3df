import { permutation, seededRandom } from '@noema/kernel';
import { pickRows, type Source } from '../sources/source.js';

/** How a slice comes to have a high loss (Domino, section 4). */
export const SLICE_KINDS = ['rare subclass', 'spurious correlation', 'noisy labels'] as const;
export type SliceKind = (typeof SLICE_KINDS)[number];

export interface PlantedSetting {
  readonly kind: SliceKind;
  /** Share of the slice among the held-out samples. */
  readonly share: number;
  readonly seed: number;
}

/** A source with a slice: training rows, rows that are searched, and rows that only measure the truth. */
export interface PlantedSource {
  readonly source: Source;
  /** 0 for training rows, 1 for the others. */
  readonly splitCodes: Uint8Array;
  /** 1 for rows that the search does not see. */
  readonly isTruth: Uint8Array;
  readonly isSlice: Uint8Array;
}

interface Sizes {
  readonly training: number;
  readonly searched: number;
  readonly truth: number;
  /** Shifted copies of each training row, for sources with few samples. */
  readonly copies: number;
}

/** Classes are joined in twos, so that a class can be a part of a class. */
const joinClasses = (source: Source): Source => {
  const half = source.classNames.length / 2;
  return {
    ...source,
    classNames: source.classNames.slice(0, half).map((name, c) => `${name}/${source.classNames[c + half]}`),
    labels: source.labels.map((label) => label % half),
  };
};

/** Share of the wrong labels in a noisy slice; part of a rare slice that training has; patched share of a class. */
const [NOISE, LEARNED, PATCHED] = [0.5, 0.25, 0.97];

/** Plants a slice in samples that are drawn from a source. */
export function plantSlice(
  source: Source,
  { kind, share, seed }: PlantedSetting,
  sizes: Sizes,
): PlantedSource {
  const random = seededRandom(seed, 11);
  const order = [...permutation(source.n, random)];
  const own = Math.floor(random() * source.classNames.length);
  // Even seeds take the patch from samples of the class, odd seeds give it to samples of other classes.
  const isMissing = seed % 2 === 0;
  const belongs = (row: number): boolean =>
    kind === 'spurious correlation' && !isMissing ? source.labels[row] !== own : source.labels[row] === own;
  const pools = [true, false].map((side) => order.filter((row) => belongs(row) === side));
  const take = (side: 0 | 1, count: number): number[] => pools[side]!.splice(0, Math.round(count));
  const rows: number[] = [];
  const marks: { readonly part: 0 | 1 | 2; readonly slice: boolean; readonly isCopy: boolean }[] = [];
  const add = (picked: readonly number[], part: 0 | 1 | 2, slice: boolean): void => {
    for (const row of picked)
      for (let copy = 0; copy < (part === 0 ? 1 + sizes.copies : 1); copy++) {
        rows.push(row);
        marks.push({ part, slice, isCopy: copy > 0 });
      }
  };
  for (const [part, size] of [
    [1, sizes.searched],
    [2, sizes.truth],
    [0, sizes.training],
  ] as const) {
    const natural = source.labels.filter((label) => label === own).length / source.n;
    if (kind === 'spurious correlation') {
      const slice = part === 0 ? (isMissing ? (1 - PATCHED) * natural * size : 0) : share * size;
      add(take(0, slice), part, true);
      // The class with its patch: half of its natural share or more, so that the slice is not the whole class.
      const patched = isMissing
        ? take(0, Math.max((natural / 2) * size, natural * size - slice))
        : take(1, natural * size);
      add(patched, part, false);
      add(take(isMissing ? 1 : 0, size - slice - patched.length), part, false);
    } else {
      const slice = (part === 0 && kind === 'rare subclass' ? LEARNED : 1) * share * size;
      add(take(0, slice), part, true);
      add(take(1, size - slice), part, false);
    }
  }
  const picked = pickRows(kind === 'spurious correlation' ? source : joinClasses(source), rows);
  for (const [row, { isCopy }] of marks.entries()) if (isCopy) shift(picked, row, random);
  const isSlice = Uint8Array.from(marks, ({ slice }) => Number(slice));
  if (kind === 'noisy labels') addNoise(picked, isSlice, random);
  if (kind === 'spurious correlation')
    for (let row = 0; row < picked.n; row++) {
      const isOwn = picked.labels[row] === own;
      if (isMissing ? isOwn && isSlice[row] === 0 : isOwn || isSlice[row] === 1) drawPatch(picked, row);
    }
  return {
    source: { ...picked, metadata: describeInputs(picked, random) },
    splitCodes: Uint8Array.from(marks, ({ part }) => Math.min(part, 1)),
    isTruth: Uint8Array.from(marks, ({ part }) => Number(part === 2)),
    isSlice,
  };
}

function addNoise({ labels, classNames }: Source, isSlice: Uint8Array, random: () => number): void {
  for (let row = 0; row < labels.length; row++)
    if (isSlice[row] === 1 && random() < NOISE)
      labels[row] = (labels[row]! + 1 + Math.floor(random() * (classNames.length - 1))) % classNames.length;
}

const MAX_SHIFT = 3;

/** Moves a picture by some pixels, around its edge. */
function shift({ inputs, shape }: Source, row: number, random: () => number): void {
  const [height, width, channels] = shape as [number, number, number];
  const [down, right] = [0, 1].map(() => Math.floor((2 * MAX_SHIFT + 1) * random()) - MAX_SHIFT);
  const size = height * width * channels;
  const picture = inputs.slice(row * size, (row + 1) * size);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = ((y + down! + height) % height) * width + ((x + right! + width) % width);
      for (let c = 0; c < channels; c++)
        inputs[row * size + (y * width + x) * channels + c] = picture[from * channels + c]!;
    }
}

const PATCH = 4;

/** Draws a square in the corner of a picture: white on the dark ground of grey pictures, magenta in coloured ones. */
function drawPatch({ inputs, shape }: Source, row: number): void {
  const [height, width, channels] = shape as [number, number, number];
  for (let y = 0; y < PATCH; y++)
    for (let x = 0; x < PATCH; x++)
      for (let c = 0; c < channels; c++)
        inputs[row * height * width * channels + (y * width + x) * channels + c] = c === 1 ? 0 : 1;
}

/** One field about the picture, and two at random. */
function describeInputs({ inputs, n }: Source, random: () => number): Source['metadata'] {
  const size = inputs.length / n;
  const ink = Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let i = row * size; i < (row + 1) * size; i++) sum += inputs[i]!;
    return sum / size;
  });
  return [
    { name: 'ink', type: 'number', values: ink },
    { name: 'noise', type: 'number', values: Float64Array.from({ length: n }, random) },
    {
      name: 'site',
      type: 'category',
      categories: ['north', 'east', 'south', 'west'],
      codes: Int32Array.from({ length: n }, () => Math.floor(random() * 4)),
    },
  ];
}
