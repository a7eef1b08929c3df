import { DomainError } from '@noema/kernel';

/**
 * Returns Spearman's rank correlation (1904) of two arrays of equal length, −1 to 1. Equal values share the
 * mean of their ranks. 0 if one array is constant. Throws `invalid` RANKS_SHAPE.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new DomainError(
      'invalid',
      'RANKS_SHAPE',
      `${a.length} and ${b.length} values cannot be ranked against each other`,
    );
  const [x, y] = [computeRanks(a), computeRanks(b)];
  const mean = (a.length + 1) / 2;
  let both = 0;
  let spreadX = 0;
  let spreadY = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = x[i]! - mean;
    const dy = y[i]! - mean;
    both += dx * dy;
    spreadX += dx * dx;
    spreadY += dy * dy;
  }
  return spreadX > 0 && spreadY > 0 ? both / Math.sqrt(spreadX) / Math.sqrt(spreadY) : 0;
}

/** Returns ranks starting at 1; equal values get the mean of their ranks. */
function computeRanks(values: ArrayLike<number>): Float64Array {
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
