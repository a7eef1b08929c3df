import { measureAgreement, smooth } from './agreement.js';
import { createTemplate, refine, type Template } from './align.js';
import type { Comparer, Screening } from './comparer.js';
import { scaleToLength1 } from './item-sketch.js';
import {
  type Affine,
  compose,
  crop,
  IDENTITY,
  invert,
  type Plane,
  rotation,
  SQUARE_SYMMETRIES,
  warp,
} from './warp.js';

const [MAX_SIDE, COARSE_SIDE] = [64, 16];
const FREQUENCIES = 6;
/** Memory for a warped coarse picture. */
const COARSE = new Float32Array(COARSE_SIDE ** 2);
/** Where each flip or quarter turn finds each pixel of the coarse picture. */
const PLACES = SQUARE_SYMMETRIES.map(([a, b, , d, e]) =>
  Int32Array.from({ length: COARSE_SIDE ** 2 }, (_, at) => {
    const middle = (COARSE_SIDE - 1) / 2;
    const [x, y] = [(at % COARSE_SIDE) - middle, Math.floor(at / COARSE_SIDE) - middle];
    return (d * x + e * y + middle) * COARSE_SIDE + a * x + b * y + middle;
  }),
);
const ANGLE = 25;
const CROP = 0.88;
const MARGIN = 1 - CROP;
/** Steps of the alignment, coarse and fine. */
const [COARSE_STEPS, FINE_STEPS] = [8, 10];
/** Correlations below which an alignment is given up: after all coarse steps, and after two fine ones. */
const [MIN_COARSE, MIN_FINE] = [0.95, 0.8];
/** Below this similarity, the other direction is not tried. */
const MIN_SECOND = 0.5;
const FINE_LEAST = [-1, -1, ...new Array<number>(FINE_STEPS).fill(MIN_FINE)];

/**
 * Flips and quarter turns need no view: the descriptor is the same, and `screen` tries all eight. Nor does the other
 * turn: the copy that is turned right finds its sample turned left.
 */
const VIEWS: readonly (readonly [string, Affine])[] = [
  ['itself', IDENTITY],
  ['turned', rotation(ANGLE)],
  ['cropped', crop(CROP, 0, 0)],
  ['cropped at the top left', crop(CROP, -MARGIN / 2, -MARGIN / 2)],
  ['cropped at the top right', crop(CROP, MARGIN / 2, -MARGIN / 2)],
  ['cropped at the bottom left', crop(CROP, -MARGIN / 2, MARGIN / 2)],
  ['cropped at the bottom right', crop(CROP, MARGIN / 2, MARGIN / 2)],
];

/** A picture in luminance, and its channels. */
interface Picture {
  readonly fine: Plane;
  /** The alignment is on luminance, the comparison on all channels. */
  readonly planes: readonly Plane[];
  template?: Template;
  smoothed?: readonly Float32Array[];
}

/** The coarse luminance with the mean 0 and the length 1. */
type Coarse = Plane;

/** Pictures [height, width, channels]: agreement after alignment by an affine map, on up to 64×64 pixels. */
export function pictureComparer(shape: readonly number[]): Comparer<Picture, Coarse> | string {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || Math.min(height, width) < 8)
    return `Pictures of the shape [${shape.join(', ')}] are too small or have too many axes.`;
  const side = Math.min(MAX_SIDE, Math.max(height, width));
  const basis = createCosines(COARSE_SIDE);
  return {
    views: VIEWS.map(([name]) => name),
    width: FREQUENCIES ** 2 - 1,
    trees: 7,
    similarity: 'agreement after alignment, in the worst of 16 tiles',
    copies:
      'a copy is flipped, turned by a multiple of 90° or by 25°, cropped to 88 %, or scaled down and up',
    prepare(input) {
      const fine = resize(toLuminance(input, channels), height, width, side);
      const planes = Array.from({ length: channels }, (_, c) =>
        channels === 1 ? fine : resize(toChannel(input, channels, c), height, width, side),
      );
      return { fine, planes };
    },
    sketch({ fine }) {
      const { values } = resize(fine.values, side, side, COARSE_SIDE);
      return { side: COARSE_SIDE, values: normalize(values.slice()) };
    },
    describe(coarse, at, into) {
      warp(coarse, VIEWS[at]![1], COARSE);
      describeCosines(COARSE, basis, COARSE_SIDE, into);
    },
    screen: (sample, copy, at, least) => alignCoarse(sample, copy, VIEWS[at]![1], least),
    compare: (sample, copy, screening) =>
      screening === undefined || screening.estimate < MIN_COARSE
        ? Math.min(screening?.estimate ?? 0, 0)
        : comparePictures(sample, copy, screening.start as Affine),
    plant: (input, random) => plantCopy(input, { height, width, channels }, random),
  };
}

/** Memory for a template. */
const SLOPES = new Float32Array(6 * COARSE_SIDE ** 2);

/** Aligns the sample to the copy on the coarse grid, from the best of the eight flips and quarter turns of a view. */
function alignCoarse(sample: Coarse, copy: Coarse, view: Affine, least: Float64Array): Screening {
  const course = new Float64Array(COARSE_STEPS + 2);
  const start = findStart(sample, copy, view);
  course.fill(start.correlation);
  if (start.correlation < (least[0] ?? -1))
    return { estimate: Math.min(start.correlation, 0), course, start: start.map };
  const { map, correlation } = refine(sample, createTemplate(copy, SLOPES), start.map, {
    steps: COARSE_STEPS,
    least: least.subarray(1),
    warped: COARSE,
    course: course.subarray(1),
  });
  return { estimate: correlation, course, start: map };
}

/**
 * Aligns on the fine grid and compares all channels; returns the larger similarity of both directions, because one of
 * two copies shows more, or is sharper.
 */
function comparePictures(sample: Picture, copy: Picture, start: Affine): number {
  const forth = compareOnce(sample, copy, start);
  if (forth.similarity < MIN_SECOND) return forth.similarity;
  return Math.max(forth.similarity, compareOnce(copy, sample, invert(forth.map)).similarity);
}

function compareOnce(
  sample: Picture,
  copy: Picture,
  start: Affine,
): { readonly similarity: number; readonly map: Affine } {
  const { side } = copy.fine;
  const warped = new Float32Array(side * side);
  copy.template ??= createTemplate(copy.fine);
  const { map, correlation } = refine(sample.fine, copy.template, start, {
    steps: FINE_STEPS,
    least: FINE_LEAST,
    warped,
  });
  if (correlation < MIN_FINE) return { similarity: Math.min(correlation, 0), map };
  const shown = sample.planes.map((plane) => {
    warp(plane, map, warped);
    return smooth(warped, side);
  });
  copy.smoothed ??= copy.planes.map(({ values }) => smooth(values, side));
  return { similarity: measureAgreement(shown, copy.smoothed, side), map };
}

/** Returns the best of the eight flips and quarter turns of a view; what lies outside counts as the mean. */
function findStart(
  sample: Coarse,
  copy: Coarse,
  view: Affine,
): { readonly map: Affine; readonly correlation: number } {
  warp(sample, view, COARSE);
  normalize(COARSE);
  let best = { map: view, correlation: -2 };
  SQUARE_SYMMETRIES.forEach((symmetry, at) => {
    const places = PLACES[at]!;
    let correlation = 0;
    for (let i = 0; i < places.length; i++) correlation += COARSE[places[i]!]! * copy.values[i]!;
    if (correlation > best.correlation) best = { map: compose(view, symmetry), correlation };
  });
  return best;
}

/** Gives values the mean 0 and the length 1, in place; NaN becomes 0. */
function normalize(values: Float32Array): Float32Array {
  let [n, sum] = [0, 0];
  for (const value of values)
    if (value === value) {
      n++;
      sum += value;
    }
  for (let i = 0; i < values.length; i++) values[i] = values[i] === values[i] ? values[i]! - sum / n : 0;
  scaleToLength1(values);
  return values;
}

/** One channel; NaN counts as 0. */
const toChannel = (input: Float32Array, channels: number, channel: number): Float32Array =>
  Float32Array.from({ length: input.length / channels }, (_, at) => {
    const value = input[at * channels + channel]!;
    return Number.isFinite(value) ? value : 0;
  });

/** Rec. 601 weights for three channels or more, else the mean. NaN counts as 0. */
function toLuminance(input: Float32Array, channels: number): Float32Array {
  const weights = channels >= 3 ? [0.299, 0.587, 0.114] : new Array<number>(channels).fill(1 / channels);
  const luminance = new Float32Array(input.length / channels);
  for (let at = 0; at < luminance.length; at++)
    for (let c = 0; c < weights.length; c++) {
      const value = input[at * channels + c]!;
      if (Number.isFinite(value)) luminance[at]! += weights[c]! * value;
    }
  return luminance;
}

/** Returns a square picture: each value is the mean of the area that it covers. */
function resize(values: Float32Array, height: number, width: number, side: number): Plane {
  if (height === side && width === side) return { side, values };
  const across = new Float32Array(height * side);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < side; column++)
      across[row * side + column] = meanOver(
        values,
        row * width,
        1,
        (column * width) / side,
        ((column + 1) * width) / side,
      );
  const all = new Float32Array(side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      all[row * side + column] = meanOver(
        across,
        column,
        side,
        (row * height) / side,
        ((row + 1) * height) / side,
      );
  return { side, values: all };
}

/** Mean of a step function from `from` to `to`. */
function meanOver(values: Float32Array, offset: number, stride: number, from: number, to: number): number {
  let sum = 0;
  for (let at = Math.floor(from); at < to - 1e-9; at++)
    sum += values[offset + at * stride]! * (Math.min(at + 1, to) - Math.max(at, from));
  return sum / (to - from);
}

/** Cosines of the frequencies 0 to 5 at the middles of the pixels, [6, side]. */
const createCosines = (side: number): Float32Array =>
  Float32Array.from({ length: FREQUENCIES * side }, (_, at) =>
    Math.cos((Math.PI * Math.floor(at / side) * ((at % side) + 0.5)) / side),
  );

/**
 * Writes the low frequencies of the cosine transform of a picture in a form that flips and quarter turns leave alone,
 * of length 1. A flip changes the sign of odd frequencies, a turn swaps rows and columns.
 */
function describeCosines(view: Float32Array, basis: Float32Array, side: number, into: Float32Array): void {
  const ground = findSmallest(view);
  const rows = new Float32Array(FREQUENCIES * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const pixel = view[row * side + column]!;
      // A view shows nothing outside of its picture.
      const value = pixel !== pixel ? ground : pixel;
      for (let f = 0; f < FREQUENCIES; f++) rows[f * side + row]! += value * basis[f * side + column]!;
    }
  const transform = (across: number, down: number): number => {
    let sum = 0;
    for (let row = 0; row < side; row++) sum += rows[across * side + row]! * basis[down * side + row]!;
    return across % 2 === 0 && down % 2 === 0 ? sum : Math.abs(sum);
  };
  let at = 0;
  for (let f = 0; f < FREQUENCIES; f++)
    for (let g = 0; g <= f; g++) {
      if (f === 0) continue;
      const [one, other] = [transform(f, g), transform(g, f)];
      if (f === g) into[at++] = one;
      else {
        into[at++] = (one + other) * Math.SQRT1_2;
        into[at++] = Math.abs(one - other) * Math.SQRT1_2;
      }
    }
  scaleToLength1(into);
}

function findSmallest(values: Float32Array): number {
  let smallest = Infinity;
  for (const value of values) if (value < smallest) smallest = value;
  return smallest;
}

/** Applies one random transformation to a picture with all its channels. */
function plantCopy(
  input: Float32Array,
  { height, width, channels }: { height: number; width: number; channels: number },
  random: () => number,
): Float32Array {
  const choice = Math.floor(random() * 5);
  const turn = random() < 0.5 ? ANGLE : -ANGLE;
  const [x, y] = [(2 * random() - 1) * MARGIN, (2 * random() - 1) * MARGIN];
  const symmetry = SQUARE_SYMMETRIES[1 + Math.floor(random() * (height === width ? 7 : 3))]!;
  const map = [symmetry, symmetry, rotation(turn), crop(CROP, x, y), IDENTITY][choice]!;
  const side = Math.max(height, width);
  const copy = new Float32Array(input.length);
  for (let c = 0; c < channels; c++) {
    const channel = Float32Array.from({ length: height * width }, (_, at) => input[at * channels + c]!);
    const plane = resize(channel, height, width, side);
    const ground = findSmallest(channel);
    const warped = new Float32Array(side * side);
    // The fifth kind loses a quarter of its resolution in one direction.
    if (choice === 4) warped.set(squeeze(plane));
    else warp(plane, map, warped);
    const back = resizeBack(warped, side, height, width);
    for (let at = 0; at < back.length; at++)
      copy[at * channels + c] = back[at] !== back[at] ? ground : back[at]!;
  }
  return copy;
}

/** Scales a picture down to three quarters of its width, then up. */
function squeeze({ side, values }: Plane): Float32Array {
  const narrow = Math.ceil(side * 0.75);
  const squeezed = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const line = Float32Array.from({ length: narrow }, (_, at) =>
      meanOver(values, row * side, 1, (at * side) / narrow, ((at + 1) * side) / narrow),
    );
    for (let column = 0; column < side; column++) {
      const x = Math.min(narrow - 1, Math.max(0, ((column + 0.5) * narrow) / side - 0.5));
      const [left, right] = [Math.floor(x), Math.ceil(x)];
      squeezed[row * side + column] = line[left]! + (x - left) * (line[right]! - line[left]!);
    }
  }
  return squeezed;
}

/** Returns the square as [height, width]; NaN where an area has any. */
function resizeBack(values: Float32Array, side: number, height: number, width: number): Float32Array {
  if (height === side && width === side) return values;
  return Float32Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return values[
      Math.floor(((row + 0.5) * side) / height) * side + Math.floor(((column + 0.5) * side) / width)
    ]!;
  });
}
