import { seededRandom } from '@noema/kernel/random';

export interface DiverseInput {
  /** Vectors of the candidates, [candidates, width]. */
  readonly vectors: Float32Array;
  readonly width: number;
  /** Probabilities of the classes of the candidates, [candidates, classes]. */
  readonly probabilities: Float32Array;
  readonly classes: number;
  /** Importance of each candidate, [candidates]. */
  readonly weights: Float64Array;
  readonly count: number;
  readonly seed: number;
}

/**
 * Chooses by k-means++ on the gradients of the last layer (BADGE, Ash et al. 2020), (p − onehot p̂) ⊗ v, weighted. The
 * product of two gradients is the product of both factors, so that a gradient is never stored. Copies of a chosen
 * sample are at distance 0. Returns positions among the candidates.
 */
export function chooseDiverse({
  vectors,
  width,
  probabilities,
  classes,
  weights,
  count,
  seed,
}: DiverseInput): number[] {
  const n = weights.length;
  const random = seededRandom(seed, 0x62616467);
  const errors = subtractBest(probabilities, classes);
  const squares = Float64Array.from(
    weights,
    (_, at) => product(errors, classes, at, at) * product(vectors, width, at, at),
  );
  const nearest = squares.slice();
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, n)) {
    const next = drawWeighted(nearest, weights, random);
    if (next === -1) break;
    chosen.push(next);
    for (let at = 0; at < n; at++) {
      const both = product(errors, classes, at, next) * product(vectors, width, at, next);
      const distance = Math.max(0, squares[at]! + squares[next]! - 2 * both);
      if (distance < nearest[at]!) nearest[at] = distance;
    }
    nearest[next] = 0;
  }
  return chosen;
}

function subtractBest(probabilities: Float32Array, classes: number): Float32Array {
  const errors = probabilities.slice();
  for (let from = 0; from < errors.length; from += classes) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (errors[from + c]! > errors[from + best]!) best = c;
    errors[from + best]! -= 1;
  }
  return errors;
}

function product(values: Float32Array, width: number, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += values[a * width + i]! * values[b * width + i]!;
  return sum;
}

/** Draws a position with a chance in proportion to distance times weight; −1 where all are 0. */
function drawWeighted(distances: Float64Array, weights: Float64Array, random: () => number): number {
  let total = 0;
  for (let at = 0; at < distances.length; at++) total += distances[at]! * weights[at]!;
  if (!(total > 0)) return -1;
  let left = random() * total;
  let last = -1;
  for (let at = 0; at < distances.length; at++) {
    const share = distances[at]! * weights[at]!;
    if (share <= 0) continue;
    last = at;
    left -= share;
    if (left < 0) break;
  }
  return last;
}
