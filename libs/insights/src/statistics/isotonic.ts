import { sortedRows } from '@noema/kernel/sorted-rows';

type Numbers = Float32Array | Float64Array;

/** A rising step function with straight lines between its knots, constant beyond them. */
export interface IsotonicFit {
  /** Rising, distinct. */
  readonly x: Float64Array;
  /** Not falling. */
  readonly y: Float64Array;
  predict(x: number): number;
}

/**
 * Fits the rising function with the smallest weighted squared error by pooling adjacent violators (Barlow et al. 1972).
 * Equal `x` count as one point. Rows with a value that is not finite are left out.
 */
export function fitIsotonic(x: Numbers, y: Numbers, weights?: Numbers): IsotonicFit {
  const points = mergeEqual(x, y, weights);
  const blocks: { readonly from: number; readonly mean: number; readonly weight: number }[] = [];
  points.forEach(({ mean, weight }, from) => {
    let block = { from, mean, weight };
    for (let last = blocks.at(-1); last !== undefined && last.mean >= block.mean; last = blocks.at(-1)) {
      blocks.pop();
      const sum = last.weight + block.weight;
      block = {
        from: last.from,
        mean: (last.mean * last.weight + block.mean * block.weight) / sum,
        weight: sum,
      };
    }
    blocks.push(block);
  });
  const fitted = new Float64Array(points.length);
  blocks.forEach(({ from, mean }, at) => fitted.fill(mean, from, blocks[at + 1]?.from));
  const knots = Float64Array.from(points, (point) => point.x);
  return { x: knots, y: fitted, predict: (value) => interpolate(knots, fitted, value) };
}

interface Point {
  readonly x: number;
  mean: number;
  weight: number;
}

function mergeEqual(x: Numbers, y: Numbers, weights: Numbers | undefined): Point[] {
  const kept = [...x.keys()].filter(
    (row) => Number.isFinite(x[row]) && Number.isFinite(y[row]) && (weights?.[row] ?? 1) > 0,
  );
  const points: Point[] = [];
  for (const at of sortedRows(Float64Array.from(kept, (row) => x[row]!))) {
    const row = kept[at]!;
    const weight = weights?.[row] ?? 1;
    const last = points.at(-1);
    if (last?.x === x[row]) {
      last!.weight += weight;
      last!.mean += ((y[row]! - last!.mean) * weight) / last!.weight;
    } else points.push({ x: x[row]!, mean: y[row]!, weight });
  }
  return points;
}

function interpolate(x: Float64Array, y: Float64Array, value: number): number {
  if (x.length === 0 || Number.isNaN(value)) return NaN;
  if (value <= x[0]!) return y[0]!;
  if (value >= x.at(-1)!) return y.at(-1)!;
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (x[middle]! <= value) low = middle;
    else high = middle;
  }
  return y[low]! + ((value - x[low]!) / (x[high]! - x[low]!)) * (y[high]! - y[low]!);
}
