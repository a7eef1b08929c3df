import type { Points } from '@noema/manifold';
import type { Frame } from './frame.js';
import { UnitFrame } from './unit.frame.js';

/**
 * Distances as inner products of one dimension more: of (q, 1) and (x, −|x|²/2) the largest is the nearest,
 * because |q − x|² = |q|² − 2 (q·x − |x|²/2). faiss takes products as they come out of the multiplication; of
 * distances it makes each from three numbers first, for a third of the time of a search.
 */
export class InnerFrame implements Frame {
  readonly metric = 'inner-product';
  readonly dimensions: number;
  private readonly unit: UnitFrame;

  constructor(private readonly vectors: Points) {
    this.dimensions = vectors.d + 1;
    this.unit = new UnitFrame(vectors);
  }

  rows(from: number, to: number): Float32Array {
    const rows = this.unit.moved(this.vectors, from, to, this.dimensions);
    const d = this.dimensions - 1;
    for (let first = 0; first < rows.length; first += this.dimensions) {
      let square = 0;
      for (let c = 0; c < d; c++) square += rows[first + c]! ** 2;
      rows[first + d] = -square / 2;
    }
    return rows;
  }

  queries(points: Points, from: number, to: number): Float32Array {
    const queries = this.unit.moved(points, from, to, this.dimensions);
    for (let last = this.dimensions - 1; last < queries.length; last += this.dimensions) queries[last] = 1;
    return queries;
  }
}
