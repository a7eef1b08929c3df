import { DomainError } from '@noema/kernel';

/** The curve 1 / (1 + a d^(2b)), the similarity of two points of the map at distance d. */
export interface SimilarityCurve {
  readonly a: number;
  readonly b: number;
}

/**
 * Fits the curve to 1 below `minDist` and exp(−(d − minDist)/spread) above it, over 300 distances up to
 * 3·spread, by the Levenberg-Marquardt method (McInnes, Healy & Melville 2018, section 4.2). Throws `invalid`
 * UMAP_MIN_DIST.
 */
export function fitCurve(spread: number, minDist: number): SimilarityCurve {
  if (!(spread > 0 && minDist >= 0 && minDist <= spread)) {
    throw new DomainError(
      'invalid',
      'UMAP_MIN_DIST',
      `min_dist ${minDist} and spread ${spread} do not fit; 0 ≤ min_dist ≤ spread and spread above 0`,
    );
  }
  const xs = Array.from({ length: 300 }, (_, i) => (i * 3 * spread) / 299);
  const ys = xs.map((x) => (x < minDist ? 1 : Math.exp(-(x - minDist) / spread)));
  const computeError = (a: number, b: number): number =>
    xs.reduce((sum, x, i) => sum + (1 / (1 + a * x ** (2 * b)) - ys[i]!) ** 2, 0);
  let a = 1;
  let b = 1;
  let error = computeError(a, b);
  for (let step = 0, damping = 1e-3; step < 500 && damping < 1e12; step++) {
    let aa = 0;
    let ab = 0;
    let bb = 0;
    let ga = 0;
    let gb = 0;
    xs.forEach((x, i) => {
      const power = x ** (2 * b);
      const value = 1 / (1 + a * power);
      const da = -power * value * value;
      const db = x > 0 ? -2 * a * Math.log(x) * power * value * value : 0;
      const residual = value - ys[i]!;
      aa += da * da;
      ab += da * db;
      bb += db * db;
      ga += da * residual;
      gb += db * residual;
    });
    const p = aa * (1 + damping);
    const q = bb * (1 + damping);
    const determinant = p * q - ab * ab;
    const nextA = a - (q * ga - ab * gb) / determinant;
    const nextB = b - (p * gb - ab * ga) / determinant;
    const nextError = computeError(nextA, nextB);
    if (nextError < error) {
      const settled = Math.abs(nextA - a) + Math.abs(nextB - b) < 1e-12;
      [a, b, error, damping] = [nextA, nextB, nextError, damping / 10];
      if (settled) break;
    } else damping *= 10;
  }
  return { a, b };
}
