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
}

/** A table with a header. */
export const table = (columns: TableVisual['columns'], rows: TableVisual['rows']): TableVisual => ({
  kind: 'table',
  columns,
  rows,
});

const SNIPPET_ROWS = 8;

/** A table with a header. */
export const tableKind: VisualKind<TableVisual> = {
  key: 'table',
  mediaType: jsonMediaType('table'),
  encode({ columns, rows }) {
    if (isTexts(columns) && isRows(rows, (cell) => cell === undefined || isCell(cell)))
      return encodeJson({ columns, rows });
    throw visualInvalid('a table needs texts as columns, and rows of texts, numbers, true, false or null');
  },
  hasForm(value) {
    const parts = exactly(value, 'columns', 'rows');
    return parts !== undefined && isTexts(parts.columns) && isRows(parts.rows, isCell);
  },
  read: (stored) => ({
    kind: 'table',
    ...(JSON.parse(stored) as Pick<TableVisual, 'columns' | 'rows'>),
  }),
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

const isCell = (cell: unknown): boolean =>
  cell === null || ['string', 'number', 'boolean'].includes(typeof cell);
