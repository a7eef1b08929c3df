import { kernelsOn, ThreadMemory } from '@noema/simd';
import { factorize, solveFactored } from './cholesky.js';
import { type Affine, compose, invert, isTurned, type Plane } from './warp.js';

/** Smallest share of the picture in which two pictures must overlap. */
const MIN_OVERLAP = 0.5;
/** Variance below which a picture has no contrast. */
const MIN_VARIANCE = 1e-10;
/** A step must gain this share of the gap to a correlation of 1. */
const MIN_PROGRESS = 0.05;
/** Parameters of an affine map. */
const FREE = 6;

interface RefineOptions {
  readonly steps: number;
  /** A step of this many half pixels is the last one. */
  readonly close: number;
  /** Of each step; a step without one goes on. */
  readonly least: ArrayLike<number>;
  /** Takes the best correlation of each step, [steps + 1]. */
  readonly trace?: Float64Array | undefined;
}

/** Aligns a picture with a template of the same side, one pair after another, in memory of its own. */
export class Aligner {
  private readonly stride: number;
  private readonly kernels;
  private readonly picture: Float32Array;
  private readonly template: Float32Array;
  private readonly slopes: Float32Array;
  private readonly warped: Float32Array;
  private readonly map: Float64Array;
  private readonly products: Float64Array;
  private readonly sums: Float64Array;
  /** Of the picture under the last map: a is the picture, b the template. */
  private readonly moments: Float64Array;

  constructor(private readonly side: number) {
    this.stride = 4 * Math.ceil(side / 4);
    const size = side * this.stride;
    const memory = new ThreadMemory(4 * 5 * size + 2 ** 12);
    this.kernels = kernelsOn(memory.own);
    // The padding after each row is missing.
    this.picture = memory.floats(size).fill(NaN);
    this.template = memory.floats(size).fill(NaN);
    this.slopes = memory.floats(2 * size);
    this.warped = memory.floats(size);
    this.map = memory.doubles(FREE);
    this.products = memory.doubles(FREE * FREE);
    this.sums = memory.doubles(FREE);
    this.moments = memory.doubles(6);
  }

  /** Takes the next pair. Neither has missing pixels. */
  begin(picture: Plane, template: Plane): void {
    this.write(picture, this.picture);
    this.write(template, this.template);
  }

  /**
   * Refines a map so that the picture under it looks like the template: the inverse compositional algorithm (Baker &
   * Matthews 2004) with gain and offset fitted, on the overlap. Returns the map with the largest correlation on the
   * way. Stops at a step whose best correlation is below that of `least`.
   */
  refine(
    start: Affine,
    { steps, close, least, trace }: RefineOptions,
  ): { readonly map: Affine; readonly correlation: number } {
    let map = start;
    let best = { map: start, correlation: -2 };
    let factor: Float64Array | undefined;
    for (let step = 0, isLast = false; ; step++) {
      const correlation = this.correlate(map);
      const isSlow = step > 1 && correlation - best.correlation < MIN_PROGRESS * (1 - best.correlation);
      if (correlation > best.correlation) best = { map, correlation };
      trace?.fill(best.correlation, step);
      if (isLast || isSlow || step === steps || correlation <= 0 || correlation > 0.99999) return best;
      if (best.correlation < least[step]!) return best;
      // A part that one picture does not show is not shared: the edges of lost corners above all.
      factor ??= this.factorizeSlopes();
      if (factor === undefined) return best;
      const change = this.solveStep(factor);
      isLast = isClose(change, close / this.side);
      const [a, b, c, d, e, f] = change as unknown as Affine;
      map = compose(map, invert([1 + a, b, c, d, 1 + e, f]));
    }
  }

  /**
   * Zero-normalised cross-correlation of the picture under a map and the template, where they overlap; −1 if they do
   * so in less than half of the template, or have no contrast there.
   */
  private correlate(map: Affine): number {
    const { kernels, side, stride, picture, template, warped, moments } = this;
    this.map.set(map);
    kernels.warpOnto(
      picture.byteOffset,
      side,
      stride,
      this.map.byteOffset,
      // The corners that a turned copy has lost are filled with something, which bleeds over an edge.
      isTurned(map) ? 1 : 0,
      template.byteOffset,
      warped.byteOffset,
      moments.byteOffset,
    );
    const [n, a, b, aa, bb, ab] = moments as unknown as Affine;
    const va = aa - (a * a) / n;
    const vb = bb - (b * b) / n;
    if (n < MIN_OVERLAP * side * side || !(va > MIN_VARIANCE * n) || !(vb > MIN_VARIANCE * n)) return -1;
    return (ab - (a * b) / n) / Math.sqrt(va * vb);
  }

  private write({ values }: Plane, into: Float32Array): void {
    const { side, stride } = this;
    if (side === stride) into.set(values);
    else
      for (let row = 0; row < side; row++)
        into.set(values.subarray(row * side, (row + 1) * side), row * stride);
  }

  /**
   * The Cholesky factor of how the template changes with each parameter, where the warped picture has a value;
   * undefined if that does not fix all parameters.
   */
  private factorizeSlopes(): Float64Array | undefined {
    const { kernels, side, stride, template, slopes, warped, products } = this;
    kernels.pictureSlopes(template.byteOffset, side, stride, slopes.byteOffset);
    products.fill(0);
    kernels.slopeProducts(warped.byteOffset, side, stride, slopes.byteOffset, products.byteOffset);
    return factorize(products, FREE);
  }

  /** Returns the change of the template's map that explains the residual best. */
  private solveStep(factor: Float64Array): Float64Array {
    const { kernels, side, stride, template, slopes, warped, sums } = this;
    const [n, a, b, aa, , ab] = this.moments as unknown as Affine;
    const gain = (ab - (a * b) / n) / (aa - (a * a) / n);
    kernels.slopeSums(
      warped.byteOffset,
      template.byteOffset,
      side,
      stride,
      slopes.byteOffset,
      gain,
      (b - gain * a) / n,
      sums.byteOffset,
    );
    return solveFactored(factor, sums);
  }
}

const ALIGNERS = new Map<number, Aligner>();

/** The aligner of this thread for pictures of a side. */
export function alignerFor(side: number): Aligner {
  const known = ALIGNERS.get(side) ?? new Aligner(side);
  ALIGNERS.set(side, known);
  return known;
}

function isClose(change: Float64Array, limit: number): boolean {
  for (const value of change) if (!(Math.abs(value) < limit)) return false;
  return true;
}
