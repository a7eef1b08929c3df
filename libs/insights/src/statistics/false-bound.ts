/** All first cuts are tried, later ones in growing steps; none is beyond the last. */
const [EACH, GROWTH, LAST] = [16, 1.25, 500];
const BISECTIONS = 20;

/** Returns numbers of calibration samples after which a ranking may be cut: 0 to 15, then in growing steps. */
export function listCuts(most: number): number[] {
  const cuts: number[] = [];
  for (
    let cut = 0;
    cut <= Math.min(most, LAST);
    cut = Math.floor(Math.max(cut + 1, cut < EACH ? 0 : cut * GROWTH))
  )
    cuts.push(cut);
  return cuts;
}

/**
 * Returns how many of `tested` samples that are like n calibration samples come before the (k+1)-th of these, at most,
 * for each cut k. All bounds hold together, except with probability `risk` (after Gazin, Blanchard & Roquain 2024): the
 * bound of cut k may break with a chance that falls as 1 / (k + 1), because few outliers need tight bounds for early
 * cuts, and the chances are the largest for which any bound breaks with the risk. The number of tested samples between
 * two calibration samples is nearly geometric; it is limited by `tested`, so that the bounds are careful.
 */
export function boundFalse(n: number, tested: number, cuts: readonly number[], risk: number): number[] {
  const share = n / (n + tested);
  const distributions = walk(share, tested, cuts, () => Infinity);
  const boundsAt = (chance: number): number[] =>
    distributions.map((own, i) => {
      let [rest, at] = [1, 0];
      while (at < own.length && (rest -= own[at]!) > Math.min(risk, chance / (cuts[i]! + 1))) at++;
      return at;
    });
  const breaks = (bounds: readonly number[]): number => {
    const last = walk(share, tested, cuts, (at) => bounds[at]!).at(-1)!;
    return 1 - last.reduce((sum, one) => sum + one, 0);
  };
  // These chances add up to at most the risk.
  let [low, high] = [Math.log(risk / (1 + Math.log(LAST))) - 1, Math.log(risk * (LAST + 1))];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (breaks(boundsAt(Math.exp(middle))) <= risk) low = middle;
    else high = middle;
  }
  return boundsAt(Math.exp(low));
}

/** Distributions of the number of tested samples before each cut, of the walks that stay within the limits. */
function walk(
  share: number,
  tested: number,
  cuts: readonly number[],
  limitAt: (at: number) => number,
): Float64Array[] {
  let current = Float64Array.of(1);
  const kept: Float64Array[] = [];
  const wide = (k: number): number => {
    const mean = ((k + 1) * (1 - share)) / share;
    return Math.ceil(Math.min(tested, mean + 12 * Math.sqrt(mean / share) + 20 / share));
  };
  for (let k = 0, at = 0; at < cuts.length; k++) {
    const limit = k === cuts[at] ? Math.min(wide(k), limitAt(at)) : wide(k);
    const next = new Float64Array(limit + 1);
    for (let count = 0, sum = 0; count <= limit; count++) {
      sum = (1 - share) * sum + share * (current[count] ?? 0);
      next[count] = sum;
    }
    current = next;
    if (k === cuts[at]) {
      kept.push(current);
      at++;
    }
  }
  return kept;
}
