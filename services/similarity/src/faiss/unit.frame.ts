import type { Points } from '@noema/manifold';
import { queryInvalid } from './faiss.errors.js';
import type { Frame } from './frame.js';

const FARTHEST = 1e15;
const ROUNDING = 2 ** -24;

/**
 * Vectors around their centre and within ±1: float32 scores lose the least, and their squares cannot
 * overflow. The order of distances stays.
 */
export class UnitFrame implements Frame {
  readonly metric = 'euclidean';
  private readonly centre: Float64Array;
  private readonly scale: number;

  constructor(private readonly vectors: Points) {
    const { n, d, data } = vectors;
    this.centre = new Float64Array(d);
    for (let i = 0; i < n * d; i++) this.centre[i % d]! += data[i]! / n;
    let reach = 0;
    let largest = 0;
    for (let i = 0; i < n * d; i++) {
      reach = Math.max(reach, Math.abs(data[i]! - this.centre[i % d]!));
      largest = Math.max(largest, Math.abs(data[i]!));
    }
    // A population in one point has only rounding around its centre, which is no scale.
    this.scale = largest > 0 ? 1 / Math.max(reach, largest * ROUNDING) : 1;
  }

  get dimensions(): number {
    return this.vectors.d;
  }

  rows(from: number, to: number): Float32Array {
    return this.queries(this.vectors, from, to);
  }

  queries(points: Points, from: number, to: number): Float32Array {
    return this.moved(points, from, to, points.d);
  }

  /**
   * Points [from, to), each at the beginning of `width` values; the values behind it are 0. Throws as
   * `queries`.
   */
  moved({ data, d }: Points, from: number, to: number, width: number): Float32Array {
    if (d !== this.vectors.d)
      throw queryInvalid(
        `the query has ${d} dimensions, the index ${this.vectors.d}; ask with vectors of the same set`,
      );
    const moved = new Float32Array((to - from) * width);
    for (let row = from; row < to; row++) {
      for (let c = 0, at = row * d, put = (row - from) * width; c < d; c++) {
        const value = (data[at++]! - this.centre[c]!) * this.scale;
        if (!(Math.abs(value) < FARTHEST))
          throw queryInvalid(
            `dimension ${c} of query ${row} is ${data[at - 1]}; all coordinates must be numbers near ` +
              'the population',
          );
        moved[put++] = value;
      }
    }
    return moved;
  }
}
