import { DomainError } from '@noema/kernel';
import type { Moments } from './moments.js';
import { layerWeights, type PerceptionSpace } from './perception-space.js';
import { layerColumns, type ResponseLayout, unitCount } from './response-layout.js';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.js';

/** The units of one layer that were left out because they answer the same to every sample. */
export interface DroppedUnits {
  readonly layer: string;
  readonly units: readonly number[];
}

/**
 * What turns responses r [d] into a perception vector components · ((r − mean) ∘ scale) [k].
 * All arrays are float64; `components` is [k, d] row-major, `explained` the variance of each component, `totalVariance` that of all.
 */
export interface Basis {
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  /** Samples of the population that it was fitted on. */
  readonly count: number;
  readonly mean: Float64Array;
  /** Weight of the layer over standard deviation and square root of the layer's first eigenvalue; 0 for dropped units and layers left out. */
  readonly scale: Float64Array;
  readonly components: Float64Array;
  readonly explained: Float64Array;
  readonly totalVariance: number;
  readonly dropped: readonly DroppedUnits[];
  /** First eigenvalue of each layer's correlation matrix, in the order of the layers; 0 for layers left out. */
  readonly firstEigenvalues: readonly number[];
}

export interface BasisOptions {
  /** At most this many components (default 64). */
  readonly maxDimensions?: number;
  /** Stop at this share of the variance (default 0.99). */
  readonly varianceKept?: number;
}

/** Dimensions of a basis' vectors. */
export function dimensionsOf(basis: Basis): number {
  return basis.explained.length;
}

/**
 * Fits the basis of a space on the moments of a population: units without variance are dropped, the others standardised, layers balanced by
 * the square root of the first eigenvalue of their correlation matrix (multiple factor analysis: Escofier & Pagès 1994), then PCA.
 * A population without any variance gets one component of zeros. Throws `invalid` NO_MOMENTS for an empty population.
 */
export function fitBasis(moments: Moments, layout: ResponseLayout, space: PerceptionSpace = { kind: 'all' }, options: BasisOptions = {}): Basis {
  const d = unitCount(layout);
  if (moments.mean.length !== d) throw new DomainError('invalid', 'MOMENTS_SHAPE', `moments of ${moments.mean.length} units do not fit layers of ${d}`);
  if (moments.count === 0) throw new DomainError('invalid', 'NO_MOMENTS', 'there is no sample to fit a perception basis on');
  const { scale, dropped, firstEigenvalues } = balancedScale(moments, layout, layerWeights(space, layout));
  const kept = Array.from(scale.keys()).filter((j) => scale[j]! > 0);
  const { values, vectors } = symmetricEigen(scaledCovariance(moments, scale, kept), kept.length);
  const k = componentsToKeep(values, options.maxDimensions ?? 64, options.varianceKept ?? 0.99);
  const components = new Float64Array(Math.max(k, 1) * d);
  for (let i = 0; i < k; i++) kept.forEach((column, j) => { components[i * d + column] = vectors[i * kept.length + j]!; });
  const totalVariance = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const explained = k === 0 ? new Float64Array(1) : values.slice(0, k);
  return { layout, space, count: moments.count, mean: moments.mean, scale, components, explained, totalVariance, dropped, firstEigenvalues };
}

function balancedScale(
  moments: Moments, layout: ResponseLayout, weights: readonly number[],
): { scale: Float64Array; dropped: DroppedUnits[]; firstEigenvalues: number[] } {
  const scale = new Float64Array(moments.mean.length);
  const firstEigenvalues = layout.layers.map(() => 0);
  const dropped: DroppedUnits[] = [];
  layerColumns(layout).forEach(({ name, units, offset }, index) => {
    const columns = Array.from({ length: units }, (_, unit) => offset + unit);
    const silent = columns.filter((column) => !varies(moments, column));
    if (silent.length > 0) dropped.push({ layer: name, units: silent.map((column) => column - offset) });
    const weight = weights[index]!;
    if (weight === 0) return;
    const kept = columns.filter((column) => varies(moments, column));
    for (const column of kept) scale[column] = 1 / deviation(moments, column);
    const first = symmetricEigenvalues(scaledCovariance(moments, scale, kept), kept.length)[0] ?? 1;
    if (kept.length > 0) firstEigenvalues[index] = first;
    for (const column of kept) scale[column]! *= weight / Math.sqrt(first);
  });
  return { scale, dropped, firstEigenvalues };
}

function deviation(moments: Moments, column: number): number {
  return Math.sqrt(Math.max(moments.coMoment[column * moments.mean.length + column]!, 0) / moments.count);
}

/** False for a unit whose deviation is nothing beside float32 rounding. */
function varies(moments: Moments, column: number): boolean {
  return deviation(moments, column) > Math.max(1e-8, 1e-6 * Math.abs(moments.mean[column]!));
}

function scaledCovariance(moments: Moments, scale: Float64Array, columns: readonly number[]): Float64Array {
  const d = moments.mean.length, m = columns.length;
  const covariance = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const row = columns[i]! * d, factor = scale[columns[i]!]! / moments.count;
    for (let j = 0; j < m; j++) covariance[i * m + j] = moments.coMoment[row + columns[j]!]! * factor * scale[columns[j]!]!;
  }
  return covariance;
}

function componentsToKeep(values: Float64Array, most: number, share: number): number {
  const floor = (values[0] ?? 0) * 1e-12;
  const positive = values.filter((value) => value > floor);
  const total = positive.reduce((sum, value) => sum + value, 0);
  let kept = 0;
  for (let sum = 0; kept < positive.length && kept < most && sum < share * total; kept++) sum += positive[kept]!;
  return kept;
}
