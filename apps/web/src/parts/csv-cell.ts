/**
 * A text as one cell of CSV (RFC 4180); a value that a spreadsheet would run as a formula, quoted or not, is
 * marked as text.
 */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of CSV from its cells. */
export const csvLine = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
