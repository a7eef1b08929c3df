import { chiSquareTail, MomentTally } from '@noema/evaluation';

/** Sampled rows in strata, with the members of each stratum drawn anew for each permutation. */
export interface Strata {
  /** Stratum of each row, [rows]. */
  readonly codes: Int32Array;
  readonly count: number;
  /** Positions of the members, then of permutations, which keep the number of members of each stratum. */
  readonly draws: readonly Int32Array[];
}

/** How strongly a column goes along with membership inside of strata. */
export interface Association {
  /** Conditional mutual information less its mean by chance, as a share of the entropy of membership. */
  readonly information: number;
  readonly pValue: number;
}

/** Exceedances after which chance is clear (Besag & Clifford 1991). */
const ENOUGH = 20;

/**
 * Returns the association of membership with bins, [rows], inside of strata. The p-value is that of the squared
 * distances of the members in each bin from their expected number, added over strata first (Mantel & Haenszel 1959),
 * because a column has the same effect in most classes. It comes from the permutations, which stop where chance is
 * clear; below their resolution from the gamma distribution with their mean and variance, because the tests of hundreds
 * of columns need smaller ones.
 */
export function measureAssociation(bins: Uint8Array, binCount: number, strata: Strata): Association {
  const [draw, ...permuted] = strata.draws;
  const measure = toMeasure(bins, binCount, strata);
  const observed = measure(draw!);
  const [distances, informations] = [new MomentTally(), new MomentTally()];
  let exceedances = 0;
  for (const members of permuted) {
    const { distance, information } = measure(members);
    distances.add(distance);
    informations.add(information);
    if (distance >= observed.distance - 1e-9) exceedances++;
    if (exceedances === ENOUGH) return { information: 0, pValue: ENOUGH / distances.n };
  }
  const resolution = 1 / (1 + distances.n);
  const isBeyond = exceedances === 0 && distances.deviation > 1e-6;
  const spread = memberEntropy(strata) - informations.mean;
  return {
    information: spread > 1e-9 ? (observed.information - informations.mean) / spread : 0,
    pValue: isBeyond
      ? Math.min(resolution, gammaTail(observed.distance, distances.mean, distances.deviation ** 2))
      : (1 + exceedances) * resolution,
  };
}

interface Measure {
  /** Σ over bins of (members − expected)² / expected. */
  readonly distance: number;
  /** Σ over strata of rows times the mutual information, in nats. */
  readonly information: number;
}

function toMeasure(bins: Uint8Array, binCount: number, strata: Strata): (members: Int32Array) => Measure {
  const { cells, totals, binOfCell } = numberCells(bins, binCount, strata);
  const entropy = memberEntropy(strata);
  const { sizes, members } = countStrata(strata);
  const expected = new Float64Array(binCount);
  for (let at = 0; at < bins.length; at++) {
    const stratum = strata.codes[at]!;
    expected[bins[at]!]! += members[stratum]! / sizes[stratum]!;
  }
  const counts = new Int32Array(totals.length);
  const inBins = new Int32Array(binCount);
  return (draw) => {
    counts.fill(0);
    inBins.fill(0);
    for (let i = 0; i < draw.length; i++) counts[cells[draw[i]!]!]!++;
    let [distance, information] = [0, entropy];
    for (let cell = 0; cell < totals.length; cell++) {
      information += split(counts[cell]!, totals[cell]!);
      inBins[binOfCell[cell]!]! += counts[cell]!;
    }
    for (let bin = 0; bin < binCount; bin++)
      if (expected[bin]! > 0) distance += (inBins[bin]! - expected[bin]!) ** 2 / expected[bin]!;
    return { distance, information };
  };
}

/** Numbers the pairs of stratum and bin that occur. */
function numberCells(
  bins: Uint8Array,
  binCount: number,
  { codes }: Strata,
): Readonly<Record<'cells' | 'totals' | 'binOfCell', Int32Array>> {
  const numbers = new Map<number, number>();
  const cells = codes.map((stratum, at) => {
    const key = stratum * binCount + bins[at]!;
    let cell = numbers.get(key);
    if (cell === undefined) numbers.set(key, (cell = numbers.size));
    return cell;
  });
  const totals = new Int32Array(numbers.size);
  for (const cell of cells) totals[cell]!++;
  return { cells, totals, binOfCell: Int32Array.from(numbers.keys(), (key) => key % binCount) };
}

/** Σ over strata of rows times the entropy of membership. */
function memberEntropy(strata: Strata): number {
  const { sizes, members } = countStrata(strata);
  return sizes.reduce((sum, size, stratum) => sum - split(members[stratum]!, size), 0);
}

function countStrata({ codes, count, draws }: Strata): Readonly<Record<'sizes' | 'members', Int32Array>> {
  const [sizes, members] = [new Int32Array(count), new Int32Array(count)];
  for (const stratum of codes) sizes[stratum]!++;
  for (const at of draws[0]!) members[codes[at]!]!++;
  return { sizes, members };
}

/** Entropy in nats that `total` rows with `count` members keep, times −total. */
const split = (count: number, total: number): number => xLogX(count) + xLogX(total - count) - xLogX(total);

const LOGS = Float64Array.from({ length: 8192 }, (_, x) => (x < 2 ? 0 : x * Math.log(x)));
const xLogX = (x: number): number => (x < LOGS.length ? LOGS[x]! : x * Math.log(x));

const gammaTail = (x: number, mean: number, variance: number): number =>
  chiSquareTail((2 * x * mean) / variance, (2 * mean * mean) / variance);
