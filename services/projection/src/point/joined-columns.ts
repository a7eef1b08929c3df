import type { PointColumn, Texts } from './point-columns.js';

/**
 * Joins one column of two populations of `n` and `m` points. A population without the column passes
 * `undefined` and gets missing values, and so does the second when its type differs from the first.
 */
export function joinColumns(
  first: PointColumn | undefined,
  second: PointColumn | undefined,
  [n, m]: readonly [number, number],
): PointColumn {
  const type = (first ?? second)!.type;
  const [a, b] = [first, second?.type === type ? second : undefined];
  if (type === 'text') return { type, ...joinTexts(a as Texts | undefined, b as Texts | undefined, n, m) };
  if (type === 'number') {
    const values = new Float32Array(n + m).fill(NaN);
    if (a?.type === type) values.set(a.values);
    if (b?.type === type) values.set(b.values, n);
    return { type, values };
  }
  const values = new Int32Array(n + m).fill(-1);
  const codes = [a, b].map((column) => (column?.type === 'code' ? column.names : []));
  const names = [...codes[0]!, ...codes[1]!.filter((name) => !codes[0]!.includes(name))];
  const renamed = codes[1]!.map((name) => names.indexOf(name));
  if (a !== undefined && 'values' in a) values.set(a.values);
  if (b !== undefined && 'values' in b)
    values.set(type === 'code' ? b.values.map((code) => (code < 0 ? -1 : renamed[code]!)) : b.values, n);
  return type === 'code' ? { type, values, names } : { type, values };
}

function joinTexts(first: Texts | undefined, second: Texts | undefined, n: number, m: number): Texts {
  const size = (texts: Texts | undefined): number => texts?.bytes.length ?? 0;
  const bytes = new Uint8Array(size(first) + size(second));
  const offsets = new Int32Array(n + m + 1).fill(size(first), n);
  if (first !== undefined) {
    bytes.set(first.bytes);
    offsets.set(first.offsets.subarray(0, n + 1));
  }
  if (second !== undefined) {
    bytes.set(second.bytes, size(first));
    for (let i = 0; i <= m; i++) offsets[n + i] = size(first) + second.offsets[i]!;
  }
  return { bytes, offsets };
}
