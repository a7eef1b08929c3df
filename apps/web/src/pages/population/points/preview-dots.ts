import type { Scatterplot } from '@noema/scatterplot';
import type { PointOrder } from './point-cache.js';

/** Where points lie, float32 [n] an axis; `z` only in three dimensions. */
export interface Coordinates {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z?: Float32Array;
}

/** Coordinates by row as those by point: point i is row `order.toRow(i)`. */
export function byPoint({ x, y, z }: Coordinates, order: Pick<PointOrder, 'toRow'>): Coordinates {
  const sorted = (axis: Float32Array): Float32Array => axis.map((_, point) => axis[order.toRow(point)]!);
  return { x: sorted(x), y: sorted(y), ...(z === undefined ? {} : { z: sorted(z) }) };
}

type Dots = Pick<Scatterplot, 'count' | 'append' | 'moveTo'>;

/**
 * The dots of a map that is being made. They are drawn by row until the order of the points is known; then
 * they change places without being seen to, so that a later map, whose columns come by point, finds each
 * where it was.
 */
export class PreviewDots {
  private byRow: Coordinates | undefined;

  constructor(
    private readonly plot: Dots,
    private readonly glideMs: () => number,
  ) {}

  /** Shows the map so far, by row; resolves when the dots are there. */
  async show(rows: Coordinates, order: Pick<PointOrder, 'toRow'> | undefined): Promise<void> {
    this.sort(order);
    const places = order === undefined ? rows : byPoint(rows, order);
    if (this.plot.count === 0) this.plot.append(places.x, places.y, places.z);
    else await this.plot.moveTo(places, this.glideMs());
    if (order === undefined) this.byRow = rows;
  }

  /**
   * Puts dots that lie by row into the order of the points, at once: all look alike, so nothing is seen of
   * it.
   */
  sort(order: Pick<PointOrder, 'toRow'> | undefined): void {
    if (order === undefined || this.byRow === undefined) return;
    void this.plot.moveTo(byPoint(this.byRow, order), 0);
    this.byRow = undefined;
  }
}
