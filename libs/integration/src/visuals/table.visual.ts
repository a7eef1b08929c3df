import {
  encodeJson,
  exactly,
  isTexts,
  jsonMediaType,
  shortNumber,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

export interface TableVisual {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  /**
   * For each row the positions of the input that it stands for, from the first to the one after the last; `null`
   * for a row that is no input. A heat map colors the row by their sum.
   */
  readonly positions?: readonly RowPositions[] | undefined;
}

export type RowPositions = readonly [from: number, to: number] | null;

/** A table with a header. */
export const table = (
  columns: TableVisual['columns'],
  rows: TableVisual['rows'],
  options: Partial<Pick<TableVisual, 'positions'>> = {},
): TableVisual => ({ kind: 'table', columns, rows, ...options });

const SNIPPET_ROWS = 8;

/** A table with a header. */
export const tableKind: VisualKind<TableVisual> = {
  key: 'table',
  mediaType: jsonMediaType('table'),
  encode({ columns, rows, positions }) {
    if (!isTexts(columns) || !isRows(rows, (cell) => cell === undefined || isCell(cell)))
      throw visualInvalid('a table needs texts as columns, and rows of texts, numbers, true, false or null');
    if (positions === undefined) return encodeJson({ columns, rows });
    if (arePositions(positions, rows.length)) return encodeJson({ columns, rows, positions });
    throw visualInvalid('the positions of a table are [from, to] or null for each row');
  },
  hasForm(value) {
    const parts = exactly(value, 'columns', 'rows') ?? exactly(value, 'columns', 'rows', 'positions');
    return (
      parts !== undefined &&
      isTexts(parts.columns) &&
      isRows(parts.rows, isCell) &&
      (!('positions' in parts) || arePositions(parts.positions, (parts.rows as unknown[]).length))
    );
  },
  read: (stored) => ({ kind: 'table', ...(JSON.parse(stored) as Omit<TableVisual, 'kind'>) }),
  snippet: ({ rows }) =>
    rows
      .slice(0, SNIPPET_ROWS)
      .map((row) =>
        row.map((cell) => (typeof cell === 'number' ? shortNumber(cell) : String(cell ?? '–'))).join(' '),
      )
      .join('\n'),
};

const isRows = (rows: unknown, isValid: (cell: unknown) => boolean): boolean =>
  Array.isArray(rows) && rows.every((row) => Array.isArray(row) && row.every(isValid));

const arePositions = (positions: unknown, rows: number): boolean =>
  Array.isArray(positions) &&
  positions.length === rows &&
  positions.every(
    (one: unknown) =>
      one === null ||
      (Array.isArray(one) &&
        one.length === 2 &&
        one.every((at) => Number.isInteger(at)) &&
        0 <= one[0] &&
        one[0] <= one[1]),
  );

const isCell = (cell: unknown): boolean =>
  cell === null || ['string', 'number', 'boolean'].includes(typeof cell);
