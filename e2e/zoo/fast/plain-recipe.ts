/**
 * Perception vectors by the published formula (libs/perception: README), in plain loops and with an
 * eigensolver of its own, so that nothing is shared with what it judges.
 */
export interface PlainVectors {
  readonly dimensions: number;
  /** [n, dimensions], row-major. */
  readonly data: Float64Array;
}

type Matrix = number[][];

/**
 * Vectors of responses [n, units of all layers] in layers of these widths; one dimension of zeros when
 * nothing varies.
 */
export function plainVectors(responses: Float32Array, widths: readonly number[], kept = 0.99): PlainVectors {
  const d = widths.reduce((sum, width) => sum + width, 0);
  const n = responses.length / d;
  const columns: number[][] = [];
  let first = 0;
  for (const width of widths) {
    const block = Array.from({ length: width }, (_, unit) =>
      standardised(responses, d, first + unit, n),
    ).filter((column) => column !== undefined);
    first += width;
    if (block.length === 0) continue;
    const scale = Math.sqrt(Math.max(...eigen(covariance(block, n)).values));
    columns.push(...block.map((column) => column.map((value) => value / scale)));
  }
  if (columns.length === 0) return { dimensions: 1, data: new Float64Array(n) };
  const { values, vectors } = eigen(covariance(columns, n));
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  const total = values.reduce((sum, value) => sum + value, 0);
  let dimensions = 0;
  for (let sum = 0; dimensions < order.length && sum < kept * total; dimensions++)
    sum += values[order[dimensions]!]!;
  const data = new Float64Array(n * dimensions);
  for (let row = 0; row < n; row++)
    for (let c = 0; c < dimensions; c++)
      data[row * dimensions + c] = columns.reduce(
        (sum, column, j) => sum + column[row]! * vectors[j]![order[c]!]!,
        0,
      );
  return { dimensions, data };
}

function standardised(responses: Float32Array, d: number, at: number, n: number): number[] | undefined {
  const column = Array.from({ length: n }, (_, row) => responses[row * d + at]!);
  const mean = column.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  return deviation > Math.max(1e-8, 1e-6 * Math.abs(mean))
    ? column.map((value) => (value - mean) / deviation)
    : undefined;
}

const covariance = (columns: readonly number[][], n: number): Matrix =>
  columns.map((a) => columns.map((b) => a.reduce((sum, value, row) => sum + value * b[row]!, 0) / n));

/**
 * Jacobi's rotations (1846) until nothing is left off the diagonal; eigenvectors are the columns of
 * `vectors`.
 */
function eigen(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const a = symmetric.map((row) => [...row]);
  const size = a.length;
  const v: Matrix = a.map((_, i) => a.map((_, j) => Number(i === j)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += a[p]![q]! ** 2;
    if (off < 1e-22) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) if (a[p]![q] !== 0) rotate(a, v, p, q);
  }
  return { values: a.map((row, i) => row[i]!), vectors: v };
}

function rotate(a: Matrix, v: Matrix, p: number, q: number): void {
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta ** 2 + 1));
  const c = 1 / Math.sqrt(t ** 2 + 1);
  const s = t * c;
  const turn = (rows: Matrix, i: number): void => {
    const [x, y] = [rows[i]![p]!, rows[i]![q]!];
    rows[i]![p] = c * x - s * y;
    rows[i]![q] = s * x + c * y;
  };
  for (let i = 0; i < a.length; i++) turn(a, i);
  const [rowP, rowQ] = [a[p]!, a[q]!];
  a[p] = rowP.map((x, i) => c * x - s * rowQ[i]!);
  a[q] = rowQ.map((y, i) => s * rowP[i]! + c * y);
  for (let i = 0; i < v.length; i++) turn(v, i);
}

/**
 * Largest difference of two sets of vectors when each dimension may be turned around; infinite when their
 * numbers of dimensions differ.
 */
export function upToSign({ dimensions, data }: PlainVectors, stored: Float32Array): number {
  if (data.length !== stored.length) return Infinity;
  let worst = 0;
  for (let c = 0; c < dimensions; c++) {
    let [same, turned] = [0, 0];
    for (let at = c; at < data.length; at += dimensions) {
      same = Math.max(same, Math.abs(data[at]! - stored[at]!));
      turned = Math.max(turned, Math.abs(data[at]! + stored[at]!));
    }
    worst = Math.max(worst, Math.min(same, turned));
  }
  return worst;
}
