import { type ChartMark, listGroups } from './chart.js';

/**
 * Where the arrow keys lead from a mark: left and right along x within its row or series, up and down to the row or
 * series next to it. `rows` are in their order from top to bottom, `order` has the groups along x.
 */
export class MarkMoves {
  private readonly rows: readonly (readonly number[])[];
  private readonly columns: ReadonlyMap<string, number>;

  constructor(
    private readonly data: readonly ChartMark[],
    order?: readonly string[],
  ) {
    const rows = new Map<string, number[]>();
    data.forEach((mark, index) => {
      const key = `${mark.row ?? ''}\n${mark.series ?? ''}`;
      const row = rows.get(key);
      if (row === undefined) rows.set(key, [index]);
      else row.push(index);
    });
    const xs = listGroups(data, order);
    if (data.every(({ x }) => typeof x === 'number')) xs.sort((a, b) => Number(a) - Number(b));
    this.columns = new Map(xs.map((x, column) => [x, column]));
    this.rows = [...rows.values()].map((row) => row.toSorted((a, b) => this.column(a) - this.column(b)));
  }

  /** Returns the next mark for a key; undefined for other keys and without marks. */
  next(key: string, from: number | undefined): number | undefined {
    const first = this.rows[0]?.[0];
    if (first === undefined) return undefined;
    if (from === undefined) return /^(Arrow|Home|End)/.test(key) ? first : undefined;
    const at = this.rows.findIndex((row) => row.includes(from));
    const row = this.rows[at]!;
    const place = row.indexOf(from);
    switch (key) {
      case 'ArrowRight':
        return row[Math.min(row.length - 1, place + 1)];
      case 'ArrowLeft':
        return row[Math.max(0, place - 1)];
      case 'ArrowUp':
        return this.nearest(this.rows[Math.max(0, at - 1)]!, from);
      case 'ArrowDown':
        return this.nearest(this.rows[Math.min(this.rows.length - 1, at + 1)]!, from);
      case 'Home':
        return row[0];
      case 'End':
        return row[row.length - 1];
      default:
        return undefined;
    }
  }

  private column(index: number): number {
    return this.columns.get(String(this.data[index]!.x)) ?? 0;
  }

  private nearest(row: readonly number[], from: number): number {
    const column = this.column(from);
    const distance = (index: number): number => Math.abs(this.column(index) - column);
    return row.reduce((best, index) => (distance(index) < distance(best) ? index : best));
  }
}
