const DEPTH = 10;
const LEAF = 8;
const CELLS = 1 << DEPTH;

/**
 * Points of space in nested cubes, stored in depth-first order in which a cube can be skipped: for sums over
 * far points at once (Barnes & Hut 1986).
 */
export class Octree {
  private count = 0;
  private readonly order: Int32Array;
  private readonly codes: Int32Array;
  /**
   * Per cube: squared side, centre of mass, number of points, first point in `order`, the next cube after it,
   * and its children; −1 as first for a cube with children.
   */
  private side = new Float64Array(0);
  private centres = new Float64Array(0);
  private masses = new Int32Array(0);
  private firsts = new Int32Array(0);
  private afters = new Int32Array(0);

  constructor(private readonly n: number) {
    this.order = new Int32Array(n);
    this.codes = new Int32Array(n);
  }

  build(coordinates: Float64Array): void {
    const { n, order, codes } = this;
    const low = [Infinity, Infinity, Infinity];
    let range = 0;
    for (let axis = 0; axis < 3; axis++) {
      let high = -Infinity;
      for (let e = axis; e < 3 * n; e += 3) {
        low[axis] = Math.min(low[axis]!, coordinates[e]!);
        high = Math.max(high, coordinates[e]!);
      }
      range = Math.max(range, high - low[axis]!);
    }
    const factor = range > 0 ? (CELLS * (1 - 1e-12)) / range : 0;
    for (let i = 0; i < n; i++) {
      order[i] = i;
      codes[i] = interleaved(
        (coordinates[3 * i]! - low[0]!) * factor,
        (coordinates[3 * i + 1]! - low[1]!) * factor,
        (coordinates[3 * i + 2]! - low[2]!) * factor,
      );
    }
    order.sort((a, b) => codes[a]! - codes[b]! || a - b);
    this.count = 0;
    this.divide(coordinates, 0, n, 0, range);
  }

  /**
   * Adds the repulsion of all other points on point i to `force` [3], and returns Σⱼ 1 / (1 + |yᵢ − yⱼ|²).
   * Cubes seen under less than the angle theta count as one point.
   */
  push(coordinates: Float64Array, i: number, theta: number, force: Float64Array): number {
    const { side, centres, masses, firsts, afters, order, count } = this;
    const angle = theta * theta;
    const x = coordinates[3 * i]!;
    const y = coordinates[3 * i + 1]!;
    const z = coordinates[3 * i + 2]!;
    let fx = 0;
    let fy = 0;
    let fz = 0;
    let sum = 0;
    for (let cube = 0; cube < count; ) {
      let dx = x - centres[3 * cube]!;
      let dy = y - centres[3 * cube + 1]!;
      let dz = z - centres[3 * cube + 2]!;
      let square = dx * dx + dy * dy + dz * dz;
      if (side[cube]! < angle * square) {
        const k = 1 / (1 + square);
        const weight = masses[cube]! * k;
        sum += weight;
        fx += weight * k * dx;
        fy += weight * k * dy;
        fz += weight * k * dz;
      } else if (firsts[cube]! < 0) {
        cube++;
        continue;
      } else {
        for (let at = firsts[cube]!, last = at + masses[cube]!; at < last; at++) {
          const j = order[at]!;
          if (j === i) continue;
          dx = x - coordinates[3 * j]!;
          dy = y - coordinates[3 * j + 1]!;
          dz = z - coordinates[3 * j + 2]!;
          square = dx * dx + dy * dy + dz * dz;
          const k = 1 / (1 + square);
          sum += k;
          fx += k * k * dx;
          fy += k * k * dy;
          fz += k * k * dz;
        }
      }
      cube = afters[cube]!;
    }
    force[0]! += fx;
    force[1]! += fy;
    force[2]! += fz;
    return sum;
  }

  private divide(coordinates: Float64Array, from: number, to: number, depth: number, side: number): void {
    const cube = this.count++;
    if (cube >= this.side.length) this.grow();
    let x = 0;
    let y = 0;
    let z = 0;
    for (let at = from; at < to; at++) {
      const e = 3 * this.order[at]!;
      x += coordinates[e]!;
      y += coordinates[e + 1]!;
      z += coordinates[e + 2]!;
    }
    const mass = to - from;
    this.side[cube] = side * side;
    this.centres.set([x / mass, y / mass, z / mass], 3 * cube);
    this.masses[cube] = mass;
    const whole = mass <= LEAF || depth === DEPTH;
    this.firsts[cube] = whole ? from : -1;
    const shift = 3 * (DEPTH - 1 - depth);
    for (let at = from; !whole && at < to; ) {
      const digit = (this.codes[this.order[at]!]! >>> shift) & 7;
      let end = at + 1;
      while (end < to && ((this.codes[this.order[end]!]! >>> shift) & 7) === digit) end++;
      this.divide(coordinates, at, end, depth + 1, side / 2);
      at = end;
    }
    this.afters[cube] = this.count;
  }

  private grow(): void {
    const size = Math.max(256, 2 * this.side.length);
    const larger = <T extends Float64Array | Int32Array>(old: T, array: T): T => {
      array.set(old);
      return array;
    };
    this.side = larger(this.side, new Float64Array(size));
    this.centres = larger(this.centres, new Float64Array(3 * size));
    this.masses = larger(this.masses, new Int32Array(size));
    this.firsts = larger(this.firsts, new Int32Array(size));
    this.afters = larger(this.afters, new Int32Array(size));
  }
}

/** Interleaves the bits of three cell numbers, so that every three bits name a child of a cube. */
function interleaved(x: number, y: number, z: number): number {
  let code = 0;
  for (let bit = DEPTH - 1; bit >= 0; bit--)
    code = (code << 3) | (((x >>> bit) & 1) << 2) | (((y >>> bit) & 1) << 1) | ((z >>> bit) & 1);
  return code;
}
