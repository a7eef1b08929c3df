import { measureAgreement, smooth, type Take } from './agreement.js';
import { alignerFor } from './align.js';
import type { Screening, Search } from './comparer.js';
import { listBlurs, listScalings } from './scaling-terms.js';
import { type Coarse, COARSE_SIDE, type Picture } from './picture.js';
import { type Affine, dropEdges, invert, SQUARE_SYMMETRIES, warp } from './warp.js';

/** Steps of the alignment, coarse and fine. */
export const COARSE_STEPS = 8;
export const FINE_STEPS = 20;
/** Half pixels of the last step. */
const [COARSE_CLOSE, FINE_CLOSE] = [0.1, 0.02];
/** Correlations below which an alignment is given up, after all coarse steps and after all fine ones. */
const [MIN_COARSE, MIN_FINE] = [0.85, 0.8];
/** Below this similarity, the other direction is not tried. */
const MIN_SECOND = 0.5;
/** Above this similarity, what scaling may have changed is fitted. */
const MIN_SCALED = 0.9;

/** Memory that is taken again for the next pair: allocating it costs more than filling it. */
class Scratch {
  private readonly arrays: Float32Array[] = [];
  private taken = 0;

  restart(): void {
    this.taken = 0;
  }

  readonly take: Take = (size) => {
    const at = this.taken++;
    if (this.arrays[at]?.length !== size) this.arrays[at] = new Float32Array(size);
    return this.arrays[at];
  };
}

const SCRATCH = new Scratch();

/**
 * Aligns a copy with a sample on the coarse grid, from a map of places of the copy to places of the sample. A pair that
 * is too unlike is given up.
 */
export function alignCoarse(
  sample: Coarse,
  copy: Coarse,
  start: Affine,
  least: Float64Array,
): Omit<Screening, 'view'> {
  const trace = new Float64Array(COARSE_STEPS + 1);
  const aligner = alignerFor(COARSE_SIDE);
  aligner.begin(sample, copy);
  const { map, correlation } = aligner.refine(start, {
    steps: COARSE_STEPS,
    close: COARSE_CLOSE,
    least,
    trace,
  });
  const isLost = correlation < Math.max(MIN_COARSE, least.at(-1) ?? -1);
  return { estimate: correlation, trace, start: isLost ? undefined : map };
}

/**
 * Aligns on the fine grid and compares all channels; returns the larger similarity of both directions, because one of
 * two copies shows more, or is sharper.
 */
export function comparePictures(sample: Picture, copy: Picture, { start, least, trace }: Search): number {
  if (start === undefined) return 0;
  const forth = compareOnce(sample, copy, { map: [...start] as unknown as Affine, least, trace });
  if (forth.similarity < MIN_SECOND) return forth.similarity;
  const back = compareOnce(copy, sample, { map: invert(forth.map), least: NONE, trace: undefined });
  return Math.max(forth.similarity, back.similarity);
}

const NONE = new Float64Array();

function compareOnce(
  sample: Picture,
  copy: Picture,
  {
    map: start,
    least,
    trace,
  }: { readonly map: Affine; readonly least: Float64Array; readonly trace: Float64Array | undefined },
): { readonly similarity: number; readonly map: Affine } {
  const { side } = copy.fine;
  const aligner = alignerFor(side);
  aligner.begin(sample.fine, copy.fine);
  const { map, correlation } = aligner.refine(start, {
    steps: FINE_STEPS,
    close: FINE_CLOSE,
    least,
    trace,
  });
  if (correlation < Math.max(MIN_FINE, least.at(-1) ?? -1))
    return { similarity: Math.min(correlation, 0), map };
  copy.smoothed ??= copy.planes.map(({ values }) => smooth(values, side));
  const similarity = agree(sample, copy.smoothed, map, listBlurs);
  if (similarity < MIN_SCALED) return { similarity, map };
  const snapped = snap(map, side);
  if (snapped === undefined) return { similarity, map };
  return { similarity: Math.max(similarity, agree(sample, copy.smoothed, snapped, listScalings)), map };
}

/** The agreement of a sample under a map with a smoothed copy. */
function agree(
  sample: Picture,
  smoothed: readonly Float32Array[],
  map: Affine,
  listTerms: typeof listBlurs,
): number {
  const { side } = sample.fine;
  SCRATCH.restart();
  const [warped, full] = [SCRATCH.take(side * side), SCRATCH.take(side * side)];
  const terms = sample.planes.map((plane) => {
    warp(plane, map, warped);
    dropEdges(warped, side, map);
    warp(plane, map, full, true);
    return listTerms(warped, full, side, SCRATCH.take);
  });
  return measureAgreement(terms, smoothed);
}

/**
 * Returns the flip or quarter turn to which a map is close, within two pixels at the corners: the alignment leaves it a
 * little where the copy is less sharp. Undefined if it is close to none.
 */
function snap(map: Affine, side: number): Affine | undefined {
  return SQUARE_SYMMETRIES.find((symmetry) => {
    const [a, b, c, d, e, f] = map.map((value, at) => Math.abs(value - symmetry[at]!)) as unknown as Affine;
    return Math.max(a + b + c, d + e + f) * (side / 2) < 2;
  });
}
