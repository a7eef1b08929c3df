import { DomainError } from '@noema/kernel';
import { deviations, isDiagonal, type Moments } from './moments.js';
import { layerWeights, type PerceptionSpace } from './perception-space.js';
import { layerColumns, type ResponseLayout, unitCount } from './response-layout.js';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.js';

/** Units of one layer that are left out because their response is the same for every sample. */
export interface DroppedUnits {
  readonly layer: string;
  readonly units: readonly number[];
}

/**
 * Maps responses r [d] to a perception vector components · ((r − mean) ∘ scale) [k]. All arrays are float64;
 * `components` is [k, d] row-major, `explained` the variance of each component, `totalVariance` that of all.
 */
export interface Basis {
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  /** Number of samples of the population on which it was fitted. */
  readonly count: number;
  readonly mean: Float64Array;
  /**
   * Weight of the layer, divided by the standard deviation and by the square root of the layer's first
   * eigenvalue; 0 for dropped units and omitted layers.
   */
  readonly scale: Float64Array;
  readonly components: Float64Array;
  readonly explained: Float64Array;
  readonly totalVariance: number;
  readonly dropped: readonly DroppedUnits[];
  /**
   * First eigenvalue of each layer's correlation matrix, in the order of the layers; 0 for omitted layers.
   */
  readonly firstEigenvalues: readonly number[];
  /**
   * Whether the basis was computed from the whole covariance, or from a subspace found in passes over the
   * responses.
   */
  readonly method: 'exact' | 'randomized';
  /**
   * ‖C·V − V·Λ‖ / ‖Λ‖ of the components V and their variances Λ: 0 for an exact basis. Each variance is off
   * by at most this share of ‖Λ‖.
   */
  readonly residual: number;
}

export interface BasisOptions {
  /** Maximum number of components. Default: 64. */
  readonly maxDimensions?: number;
  /** Share of the variance at which to stop. Default: 0.99. */
  readonly varianceKept?: number;
}

/** Returns the number of dimensions of a basis's vectors. */
export function countDimensions(basis: Basis): number {
  return basis.explained.length;
}

/**
 * Fits the basis of a space on the moments of a population: units without variance are dropped, the others
 * standardised, layers balanced by the square root of the first eigenvalue of their correlation matrix
 * (multiple factor analysis: Escofier & Pagès 1994), then PCA. A population without any variance gets one
 * component of zeros. Throws `invalid` NO_MOMENTS for an empty population, MOMENTS_DIAGONAL for moments that
 * need `fitBasisByPasses`.
 */
export function fitBasis(
  moments: Moments,
  layout: ResponseLayout,
  space: PerceptionSpace = { kind: 'all' },
  options: BasisOptions = {},
): Basis {
  checkMoments(moments, layout);
  if (isDiagonal(moments))
    throw new DomainError(
      'invalid',
      'MOMENTS_DIAGONAL',
      `the moments of ${moments.mean.length} units are a diagonal alone; fit the basis by passes over ` +
        'the responses',
    );
  const { scale, dropped, firstEigenvalues } = balancedScale(moments, layout, layerWeights(space, layout));
  const kept = Array.from(scale.keys()).filter((j) => scale[j]! > 0);
  const { values, vectors } = symmetricEigen(scaledCovariance(moments, scale, kept), kept.length);
  const k = componentsToKeep(values, options.maxDimensions ?? 64, options.varianceKept ?? 0.99);
  const d = moments.mean.length;
  const components = new Float64Array(Math.max(k, 1) * d);
  for (let i = 0; i < k; i++)
    kept.forEach((column, j) => {
      components[i * d + column] = vectors[i * kept.length + j]!;
    });
  const totalVariance = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const explained = k === 0 ? new Float64Array(1) : values.slice(0, k);
  return {
    layout,
    space,
    count: moments.count,
    mean: moments.mean,
    scale,
    components,
    explained,
    totalVariance,
    dropped,
    firstEigenvalues,
    method: 'exact',
    residual: 0,
  };
}

/** Throws as `fitBasis`. */
export function checkMoments({ mean, count }: Moments, layout: ResponseLayout): void {
  const d = unitCount(layout);
  if (mean.length !== d)
    throw new DomainError(
      'invalid',
      'MOMENTS_SHAPE',
      `moments of ${mean.length} units do not fit layers of ${d}`,
    );
  if (count === 0)
    throw new DomainError('invalid', 'NO_MOMENTS', 'there is no sample to fit a perception basis on');
}

/** Returns 1 / standard deviation of every unit [d]; 0 if the deviation is within float32 rounding. */
export function unitScales(moments: Moments): Float64Array {
  return deviations(moments).map((deviation, j) =>
    deviation > Math.max(1e-8, 1e-6 * Math.abs(moments.mean[j]!)) ? 1 / deviation : 0,
  );
}

/** Returns the units of scale 0, by layer. */
export function droppedUnits(scales: Float64Array, layout: ResponseLayout): DroppedUnits[] {
  return layerColumns(layout).flatMap(({ name, units, offset }) => {
    const silent = Array.from({ length: units }, (_, unit) => unit).filter(
      (unit) => scales[offset + unit] === 0,
    );
    return silent.length === 0 ? [] : [{ layer: name, units: silent }];
  });
}

/**
 * Returns scales of units that are balanced by their layers' first eigenvalues and weighted; 0 for omitted
 * layers.
 */
export function balanceLayers(
  scales: Float64Array,
  layout: ResponseLayout,
  {
    weights,
    firstEigenvalues,
  }: { readonly weights: readonly number[]; readonly firstEigenvalues: readonly number[] },
): Float64Array {
  const balanced = new Float64Array(scales.length);
  layerColumns(layout).forEach(({ units, offset }, index) => {
    const first = firstEigenvalues[index]!;
    if (first > 0)
      for (let column = offset; column < offset + units; column++)
        balanced[column] = scales[column]! * (weights[index]! / Math.sqrt(first));
  });
  return balanced;
}

function balancedScale(
  moments: Moments,
  layout: ResponseLayout,
  weights: readonly number[],
): { scale: Float64Array; dropped: DroppedUnits[]; firstEigenvalues: number[] } {
  const scales = unitScales(moments);
  const firstEigenvalues = layerColumns(layout).map(({ units, offset }, index) => {
    const kept = Array.from({ length: units }, (_, unit) => offset + unit).filter(
      (column) => scales[column]! > 0,
    );
    return weights[index] === 0 || kept.length === 0
      ? 0
      : symmetricEigenvalues(scaledCovariance(moments, scales, kept), kept.length)[0]!;
  });
  return {
    scale: balanceLayers(scales, layout, { weights, firstEigenvalues }),
    dropped: droppedUnits(scales, layout),
    firstEigenvalues,
  };
}

function scaledCovariance(moments: Moments, scale: Float64Array, columns: readonly number[]): Float64Array {
  const d = moments.mean.length;
  const m = columns.length;
  const covariance = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const row = columns[i]! * d;
    const factor = scale[columns[i]!]! / moments.count;
    for (let j = 0; j < m; j++)
      covariance[i * m + j] = moments.coMoment[row + columns[j]!]! * factor * scale[columns[j]!]!;
  }
  return covariance;
}

/**
 * Returns how many of the values [descending] to keep: at most `most`, and no more than needed for the share
 * of their total.
 */
export function componentsToKeep(values: Float64Array, most: number, share: number, total?: number): number {
  const floor = (values[0] ?? 0) * 1e-12;
  const positive = values.filter((value) => value > floor);
  const whole = total ?? positive.reduce((sum, value) => sum + value, 0);
  let kept = 0;
  for (let sum = 0; kept < positive.length && kept < most && sum < share * whole; kept++)
    sum += positive[kept]!;
  return kept;
}
