import { seededRandom } from '@noema/kernel/random';
import { sampleRows } from '../population/sample-rows.js';
import { selectHeldOut } from '../population/held-out.js';
import { isComparable } from '../population/places.js';
import type { Population } from '../population/population.js';

/** Share of a batch that is drawn at random, so that the gain of the rest is measured. */
const RANDOM_SHARE = 0.2;
/** Unlabelled samples from which a batch is chosen, and samples whose loss is known, at most. */
const [MAX_CANDIDATES, MAX_KNOWN] = [20_000, 5_000];

/** The samples that take part in a choice. */
export interface LabelPool {
  /** A fifth of the batch, drawn from all unlabelled rows before anything is chosen. */
  readonly random: Int32Array;
  /** The other unlabelled rows, rising; at most 20,000, drawn by the seed. */
  readonly candidates: Int32Array;
  /** Number of unlabelled rows. */
  readonly unlabeled: number;
  /** Labelled rows, without held-out ones if the model has learned from others. */
  readonly learned: Int32Array;
  /** Labelled rows of all splits. */
  readonly labeled: number;
  /** Labelled rows with a loss, from samples that the model has not learned from if any; at most 5,000. */
  readonly known: Int32Array;
  readonly isHeldOut: boolean;
  /** Rows without a label that have no finite vector in some space: they are not drawn. */
  readonly unplaced: number;
}

/** Draws the samples of a choice of `count`. Without classes, a sample with a loss has a ground truth. */
export function drawPool(population: Population, count: number, seed: number): LabelPool {
  const { n, labels, losses, spaces } = population;
  const { rows: heldOut, isHeldOut } = selectHeldOut(population);
  const pick = (is: (row: number) => boolean): Int32Array =>
    Int32Array.from({ length: n }, (_, row) => row).filter(is);
  const isPlaced = (row: number): boolean => spaces.every((space) => isComparable(space, row));
  const isLabeled = (row: number): boolean =>
    labels === undefined ? Number.isFinite(losses?.[row] ?? NaN) : labels[row]! >= 0;
  const labeled = pick((row) => isLabeled(row) && isPlaced(row));
  const missing = pick((row) => !isLabeled(row));
  const unlabeled = missing.filter(isPlaced);
  const size = Math.min(count, unlabeled.length);
  const random = sampleRows(unlabeled, Math.round(RANDOM_SHARE * size), seededRandom(seed, 0x72616e64));
  const drawn = new Set(random);
  const others = unlabeled.filter((row) => !drawn.has(row));
  const learned = labeled.filter((row) => heldOut[row] === 0);
  const withLoss = labeled.filter((row) => Number.isFinite(losses?.[row] ?? NaN));
  const fresh = withLoss.filter((row) => heldOut[row] === 1);
  return {
    random,
    candidates: sampleRows(others, MAX_CANDIDATES, seededRandom(seed)),
    unlabeled: unlabeled.length,
    learned: learned.length > 0 ? learned : labeled,
    labeled: labeled.length,
    known: sampleRows(fresh.length > 0 ? fresh : withLoss, MAX_KNOWN, seededRandom(seed + 1)),
    unplaced: missing.length - unlabeled.length,
    isHeldOut: isHeldOut && fresh.length > 0,
  };
}
