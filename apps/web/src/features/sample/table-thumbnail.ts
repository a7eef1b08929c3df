import type { TableVisual } from '@noema/integration/visuals';
import { cellText } from './cell-text.js';

/** A line of a thumbnail: what the value is of, and the value. */
export interface TableLine {
  readonly name: string;
  readonly value: string;
}

/** A table as lines; a table of one row has a line for each of its columns, others have one for each row. */
export function tableLines({ columns, rows }: Pick<TableVisual, 'columns' | 'rows'>): TableLine[] {
  const cells =
    rows.length === 1 && columns.length > 2
      ? columns.map((column, at) => [column, rows[0]![at] ?? null])
      : rows;
  return cells.map((row) => ({
    name: row.slice(0, -1).map(cellText).join(' '),
    value: cellText(row.at(-1)),
  }));
}
