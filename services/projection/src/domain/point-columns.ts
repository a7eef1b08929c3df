/** Values to colour or size points by, for all points: numbers (NaN for none) or positions in `names` (−1 for none). */
export type PointColumn =
  | { readonly name: string; readonly type: 'number'; readonly values: Float32Array }
  | { readonly name: string; readonly type: 'code'; readonly values: Int32Array; readonly names: readonly string[] };

/** Everything that is drawn, by row. */
export interface PointTable {
  readonly rows: number;
  readonly dimensions: 2 | 3;
  readonly coordinates: Float32Array;
  readonly clusters: Int32Array;
  readonly trust: Float32Array;
  readonly columns: readonly PointColumn[];
}

/** Numbers as they are; anything but finite numbers is missing. */
export function numberColumn(name: string, cells: ArrayLike<unknown>): PointColumn {
  return { name, type: 'number', values: Float32Array.from(cells, (cell) => (typeof cell === 'number' && Number.isFinite(cell) ? cell : NaN)) };
}

/** Texts and truth values as positions among their distinct values, in order. */
export function codeColumn(name: string, cells: ArrayLike<unknown>): PointColumn {
  const texts = Array.from(cells, (cell) => (cell === null || cell === undefined ? undefined : typeof cell === 'string' ? cell : JSON.stringify(cell)));
  const names = [...new Set(texts.filter((text) => text !== undefined))].sort();
  const position = new Map(names.map((text, at) => [text, at]));
  return { name, type: 'code', names, values: Int32Array.from(texts, (text) => (text === undefined ? -1 : position.get(text)!)) };
}

/** Class numbers; a class without a name is called by its number. */
export function classColumn(name: string, classes: Int32Array, classNames: readonly string[]): PointColumn {
  const count = classes.reduce((most, one) => Math.max(most, one + 1), classNames.length);
  return { name, type: 'code', values: classes, names: Array.from({ length: count }, (_, at) => classNames[at] ?? String(at)) };
}
