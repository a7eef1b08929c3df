import { seededRandom } from '@noema/kernel/random';
import { countUpTo } from '@noema/kernel/sorted-search';
import { sampleRows } from '../population/sample-rows.js';
import type { Membership } from '../finding/membership.js';
import { isPlaced } from '../population/places.js';
import type { Population, Space } from '../population/population.js';

/** Most samples that the search compares, and most regions that it returns. */
const [MAX_HELD_OUT, MAX_TRAINING, MAX_REGIONS] = [2000, 10_000, 12];
/** Sizes of a region: shares of the held-out samples of its class, and the least number of them. */
const [SIZES, MIN_SIZE] = [[0.1, 0.2, 0.35], 10] as const;
/** Regions beyond the most different ones are not compared. */
const MAX_COMPARED = 500;
/** Regions are one where they share more than this part of the smaller one. */
const MAX_OVERLAP = 0.3;

/** A ball around a held-out sample, inside of its class. */
interface Region {
  readonly center: number;
  readonly label: number;
  /** Square of the distance. */
  readonly radius: number;
  /** Log-likelihood ratio of the two shares. */
  readonly score: number;
}

/**
 * Searches balls around held-out samples, inside of their class, that have another share of the held-out samples than
 * of the training samples (a scan statistic, Kulldorff 1997). Returns the most different ones; they must be confirmed
 * on other samples. Sampled by the seed beyond 2,000 held-out and 10,000 training samples.
 */
export function scanRegions(
  population: Population,
  space: Space,
  {
    training,
    heldOut,
    seed,
  }: { readonly training: Int32Array; readonly heldOut: Int32Array; readonly seed: number },
): Membership[] {
  const random = seededRandom(seed, 119);
  const { labels } = population;
  const hasPlace = (row: number): boolean => isPlaced(space, row);
  const held = sampleRows(heldOut.filter(hasPlace), MAX_HELD_OUT, random);
  const known = sampleRows(training.filter(hasPlace), MAX_TRAINING, random);
  const classes = new Set(labels === undefined ? [-1] : Array.from(held, (row) => labels[row]!));
  const regions: Region[] = [];
  for (const label of [...classes].sort((a, b) => a - b)) {
    const inClass = (row: number): boolean => labels === undefined || labels[row] === label;
    const own = { held: held.filter(inClass), known: known.filter(inClass) };
    const sizes = SIZES.map((size) => Math.max(MIN_SIZE, Math.round(size * own.held.length)));
    const count = { held: held.length, known: known.length };
    for (const center of own.held) {
      const toHeld = measure(space, center, own.held);
      const toKnown = measure(space, center, own.known).sort();
      const rising = toHeld.slice().sort();
      for (const size of new Set(sizes)) {
        if (size >= rising.length) continue;
        const radius = rising[size - 1]!;
        const inside = countUpTo(toKnown, radius);
        const score = compareShares(size / count.held, inside / count.known, count);
        regions.push({ center, label, radius, score });
      }
    }
  }
  const { values, width } = space;
  return chooseApart(regions, ({ center, label, radius }) => {
    const own = labels === undefined ? held : held.filter((row) => labels[row] === label);
    const squares = measure(space, center, own);
    return new Set(own.filter((_, at) => squares[at]! <= radius));
  }).map(({ center, label, radius }) => ({
    by: 'ball',
    space: space.key,
    center: [...values.subarray(center * width, (center + 1) * width)],
    radius: Math.sqrt(radius),
    all: label >= 0 ? [{ on: 'label', equals: label }] : [],
  }));
}

/** Squared distances of a sample to others. */
function measure({ values, width }: Space, center: number, rows: Int32Array): Float64Array {
  const from = center * width;
  return Float64Array.from(rows, (row) => {
    let square = 0;
    for (let i = 0, to = row * width; i < width; i++) square += (values[from + i]! - values[to + i]!) ** 2;
    return square;
  });
}

/** Log-likelihood ratio of two shares against one common share. */
function compareShares(
  heldOut: number,
  training: number,
  { held, known }: { readonly held: number; readonly known: number },
): number {
  const common = (heldOut * held + training * known) / (held + known);
  const term = (share: number, n: number): number => n * (xLog(share, common) + xLog(1 - share, 1 - common));
  return term(heldOut, held) + term(training, known);
}

const xLog = (share: number, expected: number): number =>
  share > 0 ? share * Math.log(share / expected) : 0;

function chooseApart(regions: readonly Region[], readRows: (region: Region) => Set<number>): Region[] {
  const chosen: { readonly region: Region; readonly rows: Set<number> }[] = [];
  const ordered = [...regions].sort((a, b) => b.score - a.score).slice(0, MAX_COMPARED);
  for (const region of ordered) {
    if (chosen.length === MAX_REGIONS) break;
    const rows = readRows(region);
    if (chosen.every((one) => overlap(one.rows, rows) <= MAX_OVERLAP)) chosen.push({ region, rows });
  }
  return chosen.map(({ region }) => region);
}

function overlap(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const row of a) if (b.has(row)) both++;
  return both / Math.min(a.size, b.size);
}
