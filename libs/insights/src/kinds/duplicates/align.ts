import { factorize, solveFactored } from './cholesky.js';
import { type Affine, compose, dropEdges, invert, type Plane, warp } from './warp.js';

/** Smallest share of the picture in which two pictures must overlap. */
const MIN_OVERLAP = 0.5;
/** Variance below which a picture has no contrast. */
const MIN_VARIANCE = 1e-10;
/** A step must gain this share of the gap to a correlation of 1. */
const MIN_PROGRESS = 0.05;
/** Parameters of an affine map. */
const FREE = 6;

/** The template of an alignment: a picture, and how it changes with each parameter of a map. */
export interface Template extends Plane {
  /** [side², 6], row-major. */
  readonly slopes: Float32Array;
  /** Cholesky factor of the 6 × 6 products of the slopes; undefined if the picture does not fix all parameters. */
  readonly factor: Float64Array | undefined;
}

/** Slopes are central differences in units of the square [−1, 1]²; `into` [side², 6] is memory for them. */
export function createTemplate({ side, values }: Plane, into?: Float32Array): Template {
  const slopes = into ?? new Float32Array(side * side * FREE);
  const products = new Float64Array(FREE * FREE);
  const last = side - 1;
  for (let row = 0, to = 0; row < side; row++) {
    const y = (2 * row + 1) / side - 1;
    const above = Math.max(0, row - 1) * side;
    const below = Math.min(last, row + 1) * side;
    for (let column = 0; column < side; column++, to += FREE) {
      const left = row * side + Math.max(0, column - 1);
      const right = row * side + Math.min(last, column + 1);
      const x = (2 * column + 1) / side - 1;
      const dx = ((values[right]! - values[left]!) * side) / 4;
      const dy = ((values[below + column]! - values[above + column]!) * side) / 4;
      slopes[to] = dx * x;
      slopes[to + 1] = dx * y;
      slopes[to + 2] = dx;
      slopes[to + 3] = dy * x;
      slopes[to + 4] = dy * y;
      slopes[to + 5] = dy;
      for (let p = 0, at = 0; p < FREE; p++, at += FREE) {
        const slope = slopes[to + p]!;
        for (let q = 0; q <= p; q++) products[at + q]! += slope * slopes[to + q]!;
      }
    }
  }
  return { side, values, slopes, factor: factorize(products, FREE) };
}

/** Sums over the places that a warped picture has: what a correlation and a fit of gain and offset need. */
function addMoments(warped: Float32Array, values: Float32Array, into: Float64Array): void {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < warped.length; i++) {
    const a = warped[i]!;
    if (a !== a) continue;
    const b = values[i]!;
    n++;
    sa += a;
    sb += b;
    saa += a * a;
    sbb += b * b;
    sab += a * b;
  }
  into[0] = n;
  into[1] = sa / n;
  into[2] = sb / n;
  into[3] = saa - (sa * sa) / n;
  into[4] = sbb - (sb * sb) / n;
  into[5] = sab - (sa * sb) / n;
}

const moments = new Float64Array(6);

/** Zero-normalised cross-correlation over the places that `warped` has; −1 if these are too few or have no contrast. */
export function correlate(warped: Float32Array, values: Float32Array): number {
  addMoments(warped, values, moments);
  const [n, , , va, vb, ab] = moments as unknown as [number, number, number, number, number, number];
  if (n < MIN_OVERLAP * warped.length || !(va > MIN_VARIANCE * n) || !(vb > MIN_VARIANCE * n)) return -1;
  return ab / Math.sqrt(va * vb);
}

interface RefineOptions {
  readonly steps: number;
  /** A step of this many half pixels is the last one. */
  readonly close: number;
  /** Of each step; a step without one goes on. */
  readonly least: ArrayLike<number>;
  readonly warped: Float32Array;
  readonly course?: Float64Array;
}

/**
 * Refines a map so that `plane` under it looks like the template: the inverse compositional algorithm (Baker & Matthews
 * 2004) with gain and offset fitted, on the overlap. Returns the map with the largest correlation on the way. Stops
 * at a step whose best correlation is below that of `least`. `warped` [side²] is scratch memory; the best
 * correlation of each step is written to `course` [steps + 1].
 */
export function refine(
  plane: Plane,
  template: Template,
  start: Affine,
  { steps, close, least, warped, course }: RefineOptions,
): { readonly map: Affine; readonly correlation: number } {
  let map = start;
  let best = { map: start, correlation: -2 };
  let factor: Float64Array | undefined;
  for (let step = 0, isLast = false; ; step++) {
    warp(plane, map, warped);
    dropEdges(warped, plane.side, map);
    const correlation = correlate(warped, template.values);
    const isSlow = step > 1 && correlation - best.correlation < MIN_PROGRESS * (1 - best.correlation);
    if (correlation > best.correlation) best = { map, correlation };
    course?.fill(best.correlation, step);
    if (isLast || isSlow || step === steps || correlation <= 0 || correlation > 0.99999) return best;
    if (best.correlation < least[step]!) return best;
    // A part that one picture does not show is not shared: the edges of lost corners above all.
    factor ??= moments[0]! < warped.length ? factorizeShared(warped, template) : template.factor;
    if (factor === undefined) return best;
    const change = solveStep(warped, template, factor);
    isLast = isClose(change, close / plane.side);
    const [a, b, c, d, e, f] = change as unknown as [number, number, number, number, number, number];
    map = compose(map, invert([1 + a, b, c, d, 1 + e, f]));
  }
}

/** The factor of the slopes where the warped picture has a value. */
function factorizeShared(warped: Float32Array, { slopes }: Template): Float64Array | undefined {
  const products = new Float64Array(FREE * FREE);
  for (let i = 0, from = 0; i < warped.length; i++, from += FREE) {
    if (warped[i] !== warped[i]) continue;
    for (let p = 0; p < FREE; p++)
      for (let q = 0; q <= p; q++) products[p * FREE + q]! += slopes[from + p]! * slopes[from + q]!;
  }
  return factorize(products, FREE);
}

const right = new Float64Array(FREE);

function isClose(change: Float64Array, limit: number): boolean {
  for (const value of change) if (!(Math.abs(value) < limit)) return false;
  return true;
}

/** Returns the change of the template's map that explains the residual best. Needs the moments of `correlate`. */
function solveStep(warped: Float32Array, { values, slopes }: Template, factor: Float64Array): Float64Array {
  const gain = moments[5]! / moments[3]!;
  const offset = moments[2]! - gain * moments[1]!;
  let [r0, r1, r2, r3, r4, r5] = [0, 0, 0, 0, 0, 0];
  for (let i = 0, s = 0; i < warped.length; i++, s += FREE) {
    const a = warped[i]!;
    if (a !== a) continue;
    const residual = gain * a + offset - values[i]!;
    r0 += residual * slopes[s]!;
    r1 += residual * slopes[s + 1]!;
    r2 += residual * slopes[s + 2]!;
    r3 += residual * slopes[s + 3]!;
    r4 += residual * slopes[s + 4]!;
    r5 += residual * slopes[s + 5]!;
  }
  right[0] = r0;
  right[1] = r1;
  right[2] = r2;
  right[3] = r3;
  right[4] = r4;
  right[5] = r5;
  return solveFactored(factor, right);
}
