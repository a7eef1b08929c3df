import { type Basis, fitBasis, isDiagonal, type Moments, type ResponseLayout } from '@noema/perception';

/** Groups of layers from early to late. */
const MAX_DEPTHS = 6;
const DIMENSIONS = 32;

/** A group of successive layers with the basis of its space. */
export interface Depth {
  readonly key: string;
  readonly title: string;
  /** Position from 0 (input) to 1 (output). */
  readonly depth: number;
  readonly basis: Basis;
}

/**
 * Divides the layers into at most six groups of successive layers, and fits a space to each. A group without variance
 * has no space. Empty where the covariance of all units is not stored, as for networks of more than 4,096 units.
 */
export function fitDepths(moments: Moments, layout: ResponseLayout): Depth[] {
  if (isDiagonal(moments)) return [];
  const { layers } = layout;
  const count = Math.min(MAX_DEPTHS, layers.length);
  return Array.from({ length: count }, (_, group) => {
    const from = Math.floor((group * layers.length) / count);
    const to = Math.floor(((group + 1) * layers.length) / count);
    const names = layers.slice(from, to).map(({ name }) => name);
    const basis = fitBasis(
      moments,
      layout,
      { kind: 'custom', weights: Object.fromEntries(names.map((name) => [name, 1])) },
      { maxDimensions: DIMENSIONS, varianceKept: 0.99 },
    );
    return {
      key: `depth-${group + 1}`,
      title: names.length === 1 ? names[0]! : `${names[0]!} to ${names.at(-1)!}`,
      depth: count === 1 ? 1 : group / (count - 1),
      basis,
    };
  });
}
