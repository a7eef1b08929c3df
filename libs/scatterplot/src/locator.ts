import { GridIndex } from './grid-index.js';
import { maskBytes } from './bitmask.js';
import { PolygonMask } from './polygon-mask.js';
import { placeAt, type Projection, projectPoints } from './projection.js';

/** Number of points below which a linear scan is faster than building an index. */
const SCANNED = 20_000;
const SLICE_MS = 6;
const BLOCK = 32_768;

/** Searched points: positions `[count, dimensions]`, and a mask. */
export interface Searched {
  readonly positions: Float32Array;
  readonly count: number;
  readonly visible: Uint8Array | undefined;
  /** How far from its centre a point is still hit, in CSS pixels. */
  readonly reach: (point: number) => number;
  readonly farthest: number;
}

/**
 * Finds points by places of the canvas. In two dimensions the index is over the data and lasts while points
 * rest, in three over the canvas and lasts while the camera rests.
 */
export class Locator {
  private index: GridIndex | undefined;
  private projected: Projection | undefined;
  private readonly block = new Float32Array(2 * BLOCK);

  constructor(private readonly dimensions: 2 | 3) {}

  /** Forgets the index: points moved or came. */
  forget(): void {
    this.index = undefined;
  }

  /** Works on the index for some milliseconds; true when `pick` is fast. */
  prepare(p: Projection, searched: Searched): boolean {
    if (searched.count <= SCANNED) return true;
    if (this.dimensions === 3 && this.projected !== p && !this.matches(p)) this.index = undefined;
    if (this.index === undefined) {
      this.projected = p;
      this.index =
        this.dimensions === 2
          ? new GridIndex(searched.positions, searched.count)
          : this.overCanvas(p, searched);
    }
    return this.index.work(SLICE_MS);
  }

  /** The nearest point within reach, −1 for none; scans all of them while there is no index. */
  pick(p: Projection, x: number, y: number, searched: Searched): number {
    const { visible, reach } = searched;
    const shown = (i: number): boolean =>
      visible === undefined || (((visible[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;
    const { index } = this;
    if (index?.ready !== true || (this.dimensions === 3 && !this.matches(p)))
      return this.scan(p, x, y, searched, shown);
    const pixel = this.dimensions === 2 ? p.scale : 1;
    const place = this.dimensions === 2 ? placeAt(p, x, y) : { x, y };
    return index.nearest(
      place.x,
      place.y,
      searched.farthest / pixel,
      (i, distance) => distance * pixel <= reach(i) && shown(i),
    );
  }

  /** Shown points inside a polygon of the canvas. */
  inside(p: Projection, polygon: ArrayLike<number>, { positions, count, visible }: Searched): Uint8Array {
    const mask = new Uint8Array(maskBytes(count));
    if (polygon.length < 6) return mask;
    const area = new PolygonMask(polygon);
    this.blocks(p, positions, count, (first, n) => {
      area.mark(this.block, n, mask, first);
    });
    return keepVisible(mask, visible);
  }

  /** Shown points inside an outline in the data's units, in two dimensions. */
  within(outline: Float32Array, { positions, count, visible }: Searched): Uint8Array {
    const mask = new Uint8Array(maskBytes(count));
    if (outline.length >= 6) new PolygonMask(outline).mark(positions, count, mask, 0);
    return keepVisible(mask, visible);
  }

  private scan(
    p: Projection,
    x: number,
    y: number,
    { positions, count, reach, farthest }: Searched,
    shown: (i: number) => boolean,
  ): number {
    let [best, bestDistance] = [-1, farthest * farthest];
    this.blocks(p, positions, count, (first, n) => {
      for (let k = 0; k < n; k++) {
        const distance = (this.block[2 * k]! - x) ** 2 + (this.block[2 * k + 1]! - y) ** 2;
        if (distance < bestDistance || (best === -1 && distance === bestDistance)) {
          if (Math.sqrt(distance) <= reach(first + k) && shown(first + k))
            [best, bestDistance] = [first + k, distance];
        }
      }
    });
    return best;
  }

  /** Canvas places of all points, block by block. */
  private blocks(
    p: Projection,
    positions: Float32Array,
    count: number,
    take: (first: number, n: number) => void,
  ): void {
    const d = this.dimensions;
    for (let first = 0; first < count; first += BLOCK) {
      const n = Math.min(BLOCK, count - first);
      projectPoints(p, positions.subarray(d * first, d * (first + n)), 0, n, this.block);
      take(first, n);
    }
  }

  private overCanvas(p: Projection, { positions, count }: Searched): GridIndex {
    const places = new Float32Array(2 * count);
    return new GridIndex(places, count, (from, to) => {
      projectPoints(p, positions, from, to, places);
    });
  }

  private matches(p: Projection): boolean {
    const held = this.projected;
    return (
      held !== undefined &&
      held.scale === p.scale &&
      held.width === p.width &&
      held.height === p.height &&
      held.middle.x === p.middle.x &&
      held.middle.y === p.middle.y &&
      held.center.x === p.center.x &&
      held.center.y === p.center.y &&
      held.center.z === p.center.z &&
      held.rotation.every((value, i) => value === p.rotation[i])
    );
  }
}

function keepVisible(mask: Uint8Array, visible: Uint8Array | undefined): Uint8Array {
  if (visible !== undefined) for (let i = 0; i < mask.length; i++) mask[i]! &= visible[i] ?? 0;
  return mask;
}
