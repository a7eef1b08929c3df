/** Cells along the longer side of the box around a polygon. */
const CELLS = 256;
const INSIDE = 1;
const EDGE = 2;

/**
 * A polygon for very many point-in-polygon tests, by the even–odd rule: a ray to the right crosses its edges
 * an odd number of times. Cells that no edge touches are decided once; points in other cells are tested
 * exactly, against the edges of their row of cells.
 */
export class PolygonMask {
  private readonly low: readonly [number, number];
  private readonly side: number;
  private readonly cellsPerUnit: number;
  private readonly columns: number;
  private readonly rows: number;
  /** `[rows + 2, columns + 2]`: with an empty cell on each side; all that is beyond takes the first one. */
  private readonly cells: Uint8Array;
  /** By row of cells: start indexes of the edges that reach into it. */
  private readonly edges: number[][];

  constructor(private readonly polygon: ArrayLike<number>) {
    const xs = Array.from({ length: polygon.length >> 1 }, (_, i) => polygon[2 * i]!);
    const ys = Array.from({ length: polygon.length >> 1 }, (_, i) => polygon[2 * i + 1]!);
    this.low = [Math.min(...xs), Math.min(...ys)];
    const width = Math.max(...xs) - this.low[0];
    const height = Math.max(...ys) - this.low[1];
    this.side = Math.max(width, height) / CELLS || 1;
    this.cellsPerUnit = 1 / this.side;
    this.columns = Math.floor(width / this.side) + 1;
    this.rows = Math.floor(height / this.side) + 1;
    this.cells = new Uint8Array((this.columns + 2) * (this.rows + 2));
    this.edges = Array.from({ length: this.rows }, () => []);
    this.fill();
    this.markEdges();
  }

  /** Sets the bits of the points among n `[n, 2]` that are inside, starting with bit `first`, a multiple of 8. */
  mark(places: Float32Array, n: number, mask: Uint8Array, first: number): void {
    for (let from = 0; from < n; from += 8)
      mask[(first + from) >> 3]! |= this.findInside(places, from, Math.min(n, from + 8));
  }

  /**
   * The bits of at most eight points. Almost none takes a branch, which a processor would guess wrongly at each
   * outline; and what is called so often is compiled early in the first of many loops.
   */
  private findInside(places: Float32Array, from: number, to: number): number {
    const { cells, columns, rows, low, cellsPerUnit } = this;
    let byte = 0;
    for (let i = from; i < to; i++) {
      const x = places[2 * i]!;
      const y = places[2 * i + 1]!;
      const column = (x - low[0]) * cellsPerUnit + 1;
      const row = (y - low[1]) * cellsPerUnit + 1;
      const isNear =
        Number(column >= 1) & Number(row >= 1) & Number(column < columns + 1) & Number(row < rows + 1);
      let cell = cells[((row | 0) * (columns + 2) + (column | 0)) * isNear]!;
      if (cell === EDGE) cell = this.tested(x, y, (row | 0) - 1) ? INSIDE : 0;
      byte |= cell << (i - from);
    }
    return byte;
  }

  private cellAt(row: number, column: number): number {
    return (row + 1) * (this.columns + 2) + column + 1;
  }

  private tested(x: number, y: number, row: number): boolean {
    const { polygon } = this;
    let inside = false;
    for (const i of this.edges[row]!) {
      const j = i === 0 ? polygon.length - 2 : i - 2;
      const yi = polygon[i + 1]!;
      const yj = polygon[j + 1]!;
      if (yi > y !== yj > y && x < ((polygon[j]! - polygon[i]!) * (y - yi)) / (yj - yi) + polygon[i]!)
        inside = !inside;
    }
    return inside;
  }

  /** Decides the centre of each cell, row by row. */
  private fill(): void {
    const { polygon, low, side, columns, cells } = this;
    for (let row = 0; row < this.rows; row++) {
      const y = low[1] + (row + 0.5) * side;
      const crossings: number[] = [];
      for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
        const yi = polygon[i + 1]!;
        const yj = polygon[j + 1]!;
        if (yi > y !== yj > y)
          crossings.push(
            (((polygon[j]! - polygon[i]!) * (y - yi)) / (yj - yi) + polygon[i]! - low[0]) / side - 0.5,
          );
      }
      crossings.sort((a, b) => a - b);
      for (let k = 0; k + 1 < crossings.length; k += 2)
        cells.fill(
          INSIDE,
          this.cellAt(row, Math.max(0, Math.ceil(crossings[k]!))),
          this.cellAt(row, Math.max(0, Math.min(columns, Math.ceil(crossings[k + 1]!)))),
        );
    }
  }

  /** Every cell that an edge touches, and by a hair more. */
  private markEdges(): void {
    const { polygon, low, side, columns, rows, cells } = this;
    const hair = 1e-6;
    const at = (i: number, axis: 0 | 1): number => (polygon[i + axis]! - low[axis]) / side;
    for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
      const [ax, ay, bx, by] =
        at(i, 1) <= at(j, 1)
          ? [at(i, 0), at(i, 1), at(j, 0), at(j, 1)]
          : [at(j, 0), at(j, 1), at(i, 0), at(i, 1)];
      for (
        let row = Math.max(0, Math.floor(ay - hair));
        row <= Math.min(rows - 1, Math.floor(by + hair));
        row++
      ) {
        this.edges[row]!.push(i);
        const x = (y: number): number =>
          by === ay ? ax : ax + ((bx - ax) * (Math.min(by, Math.max(ay, y)) - ay)) / (by - ay);
        const ends = by === ay ? [ax, bx] : [x(row), x(row + 1)];
        cells.fill(
          EDGE,
          this.cellAt(row, Math.max(0, Math.floor(Math.min(...ends) - hair))),
          this.cellAt(row, Math.min(columns - 1, Math.floor(Math.max(...ends) + hair)) + 1),
        );
      }
    }
  }
}
