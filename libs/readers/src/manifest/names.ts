/** Name of a handler for a column of any name: other characters than letters, digits, `_` and `-` become `_`. */
export const toHandlerName = (column: string): string =>
  column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z_]+/, '_')
    .slice(0, 60) || '_';
