import { seededRandom } from '@noema/kernel';
import { symmetricEigen } from '@noema/perception';
import type { WeightedGraph } from '../joined-graph.js';

/**
 * Number of additional directions, degree of the filter between two checks, maximum number of checks, and
 * residual at which the iteration stops.
 */
const SPARE = 4;
const DEGREE = 16;
const LOOKS = 60;
const TOLERANCE = 1e-5;

/**
 * The first `dims` eigenvectors after the trivial one of the normalised Laplacian I − D^−½ A D^−½ of a
 * connected graph, [n, dims] float64 of length 1 each, the smoothest first, as umap-learn's `spectral_layout`
 * takes them: by subspace iteration with Chebyshev's filter (Zhou, Saad, Tiago & Chelikowsky 2006), in one
 * thread, seeded. The largest entry of each is positive. Dimensions that a small graph does not have are
 * zero.
 */
export function laplacianEigenvectors(graph: WeightedGraph, dims: number, seed: number): Float64Array {
  const { n } = graph;
  const wanted = Math.min(dims, n - 1);
  const width = Math.min(dims + SPARE, n - 1);
  const found = new Float64Array(n * dims);
  if (wanted < 1) return found;
  const walk = new NormalisedWalk(graph);
  const random = seededRandom(seed, 11);
  let block: Float64Array = Float64Array.from({ length: n * width }, () => random() - 0.5);
  let floor = 0;
  for (let look = 0; look < LOOKS; look++) {
    walk.orthonormalise(block, width);
    const image = walk.times(block, width);
    const small = new Float64Array(width * width);
    for (let i = 0; i < n; i++)
      for (let a = 0; a < width; a++)
        for (let b = 0; b < width; b++)
          small[a * width + b]! += block[i * width + a]! * image[i * width + b]!;
    const { values, vectors } = symmetricEigen(small, width);
    const turned = turn(block, vectors, width);
    if (
      residual(turned, turn(image, vectors, width), values, width, wanted) < TOLERANCE ||
      look === LOOKS - 1
    ) {
      for (let c = 0; c < wanted; c++) {
        let most = 0;
        for (let i = 0; i < n; i++)
          if (Math.abs(turned[i * width + c]!) > Math.abs(most) * (1 + 1e-9)) most = turned[i * width + c]!;
        for (let i = 0; i < n; i++) found[i * dims + c] = turned[i * width + c]! * Math.sign(most || 1);
      }
      break;
    }
    floor = Math.min(values[width - 1]!, values[wanted - 1]! - 1e-9);
    block = walk.filtered(turned, width, floor);
  }
  return found;
}

/** D^−½ A D^−½ of a graph. The vector √D is its trivial eigenvector. */
class NormalisedWalk {
  private readonly weights: Float64Array;
  private readonly trivial: Float64Array;

  constructor(private readonly graph: WeightedGraph) {
    const { n, indptr, indices, weights } = graph;
    const degrees = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let e = indptr[i]!; e < indptr[i + 1]!; e++) degrees[i]! += weights[e]!;
    const total = degrees.reduce((sum, degree) => sum + degree, 0);
    this.trivial = degrees.map((degree) => Math.sqrt(degree / total));
    this.weights = new Float64Array(weights.length);
    for (let i = 0; i < n; i++)
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++)
        this.weights[e] = weights[e]! / Math.sqrt(degrees[i]! * degrees[indices[e]!]!);
  }

  /** Returns the product with a block [n, width]. */
  times(block: Float64Array, width: number): Float64Array {
    const { n, indptr, indices } = this.graph;
    const image = new Float64Array(block.length);
    for (let i = 0; i < n; i++) {
      const to = i * width;
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        const from = indices[e]! * width;
        const weight = this.weights[e]!;
        for (let c = 0; c < width; c++) image[to + c]! += weight * block[from + c]!;
      }
    }
    return image;
  }

  /** Applies a Chebyshev polynomial, which damps eigenvalues from −1 to `floor` and amplifies larger ones. */
  filtered(block: Float64Array, width: number, floor: number): Float64Array {
    const middle = (floor - 1) / 2;
    const half = (floor + 1) / 2;
    let before: Float64Array = block;
    let now: Float64Array = this.times(block, width).map((value, e) => (value - middle * block[e]!) / half);
    for (let degree = 2; degree <= DEGREE; degree++) {
      const image = this.times(now, width);
      for (let e = 0; e < image.length; e++)
        image[e] = (2 * (image[e]! - middle * now[e]!)) / half - before[e]!;
      [before, now] = [now, image];
    }
    return now;
  }

  /**
   * Makes the columns of a block [n, width] orthonormal, and orthogonal to the trivial eigenvector, by
   * Gram-Schmidt, twice because of rounding.
   */
  orthonormalise(block: Float64Array, width: number): void {
    const { n } = this.graph;
    const { trivial } = this;
    const dot = (c: number, other: (i: number) => number): number => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += block[i * width + c]! * other(i);
      return sum;
    };
    for (let c = 0; c < width; c++) {
      for (let again = 0; again < 2; again++) {
        const share = dot(c, (i) => trivial[i]!);
        for (let i = 0; i < n; i++) block[i * width + c]! -= share * trivial[i]!;
        for (let b = 0; b < c; b++) {
          const common = dot(c, (i) => block[i * width + b]!);
          for (let i = 0; i < n; i++) block[i * width + c]! -= common * block[i * width + b]!;
        }
        const length = Math.sqrt(dot(c, (i) => block[i * width + c]!));
        for (let i = 0; i < n; i++) block[i * width + c]! /= length > 0 ? length : 1;
      }
    }
  }
}

/** Returns the block [n, width] times the eigenvectors, which are rows [width, width]. */
function turn(block: Float64Array, vectors: Float64Array, width: number): Float64Array {
  const turned = new Float64Array(block.length);
  for (let at = 0; at < block.length; at += width) {
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let a = 0; a < width; a++) sum += vectors[c * width + a]! * block[at + a]!;
      turned[at + c] = sum;
    }
  }
  return turned;
}

/** Returns the largest |M v − λ v| of the first columns. */
function residual(
  block: Float64Array,
  image: Float64Array,
  values: ArrayLike<number>,
  width: number,
  columns: number,
): number {
  let most = 0;
  for (let c = 0; c < columns; c++) {
    let square = 0;
    for (let at = c; at < block.length; at += width) square += (image[at]! - values[c]! * block[at]!) ** 2;
    most = Math.max(most, Math.sqrt(square));
  }
  return most;
}
