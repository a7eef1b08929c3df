/** One column: its heading, what it shows of a row, and its side. */
export interface Column<Row> {
  readonly heading: string;
  readonly value: (row: Row) => string | number;
  readonly align?: 'left' | 'right';
}

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const visible = (text: string): number => text.replaceAll(ANSI, '').length;

/** Lines of a table with headings, columns as wide as their longest value, two spaces between them. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = [
    columns.map((c) => c.heading),
    ...rows.map((row) => columns.map((c) => String(c.value(row)))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => visible(line[i]!))));
  return cells.map((line) =>
    line
      .map((cell, i) => {
        const pad = ' '.repeat(widths[i]! - visible(cell));
        return columns[i]!.align === 'right' ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd(),
  );
}
