import { measureAgreement, smooth } from './agreement.js';
import { createTemplate, refine } from './align.js';
import type { Screening } from './comparer.js';
import { type Coarse, COARSE_SIDE, normalize, type Picture } from './picture.js';
import { type Affine, compose, invert, SQUARE_SYMMETRIES, warp } from './warp.js';

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

/** Steps of the alignment, coarse and fine. */
const [COARSE_STEPS, FINE_STEPS] = [8, 10];
/** Correlations below which an alignment is given up: after all coarse steps, and after two fine ones. */
const [MIN_COARSE, MIN_FINE] = [0.95, 0.8];
/** Below this similarity, the other direction is not tried. */
const MIN_SECOND = 0.5;
const FINE_LEAST = [-1, -1, ...new Array<number>(FINE_STEPS).fill(MIN_FINE)];

/** Memory for a template. */
const SLOPES = new Float32Array(6 * COARSE_SIDE ** 2);

/** Aligns the sample to the copy on the coarse grid, from the best of the eight flips and quarter turns of a view. */
export function alignCoarse(sample: Coarse, copy: Coarse, view: Affine, least: Float64Array): Screening {
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
export function comparePictures(sample: Picture, copy: Picture, screening?: Screening): number {
  if (screening === undefined || screening.estimate < MIN_COARSE)
    return Math.min(screening?.estimate ?? 0, 0);
  const forth = compareOnce(sample, copy, screening.start as Affine);
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
