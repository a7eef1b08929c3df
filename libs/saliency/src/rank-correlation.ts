import { DomainError } from '@noema/kernel';

/**
 * Spearman's rank correlation (1904) of two arrays of one length, −1 to 1; equal values share the mean of
 * their ranks. 0 when one of them is constant, because then it orders nothing. Throws `invalid` RANKS_SHAPE.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new DomainError(
      'invalid',
      'RANKS_SHAPE',
      `${a.length} and ${b.length} values cannot be ranked against each other`,
    );
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length + 1) / 2;
  let both = 0;
  let spreadX = 0;
  let spreadY = 0;
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    both += dx * dy;
    spreadX += dx * dx;
    spreadY += dy * dy;
  }
  return spreadX > 0 && spreadY > 0 ? both / Math.sqrt(spreadX) / Math.sqrt(spreadY) : 0;
}

/** Ranks from 1, equal values with the mean of theirs. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => values[i]! - values[j]!,
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to + 1) / 2;
  }
  return ranks;
}
