import { seededRandom } from '@noema/kernel/random';
import { sampleRows } from '../population/sample-rows.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';

/** Unlabelled samples from which a batch is chosen, and samples whose loss is known, at most. */
const [MAX_CANDIDATES, MAX_KNOWN] = [20_000, 5_000];

/** The samples that take part in a choice. */
export interface LabelPool {
  /** Unlabelled rows, rising; at most 20,000, drawn by the seed. */
  readonly candidates: Int32Array;
  /** Number of unlabelled rows. */
  readonly unlabeled: number;
  /** Labelled rows. */
  readonly labeled: Int32Array;
  /** Labelled rows with a loss, from samples that the model has not learned from if any; at most 5,000. */
  readonly known: Int32Array;
  readonly isHeldOut: boolean;
}

export function drawPool(population: Population, seed: number): LabelPool {
  const { n, labels, losses } = population;
  const { rows: heldOut, isHeldOut } = selectHeldOut(population);
  const pick = (is: (row: number) => boolean): Int32Array =>
    Int32Array.from({ length: n }, (_, row) => row).filter(is);
  const labeled = pick((row) => labels![row]! >= 0);
  const unlabeled = pick((row) => labels![row]! < 0);
  const withLoss = labeled.filter((row) => Number.isFinite(losses?.[row] ?? NaN));
  const fresh = withLoss.filter((row) => heldOut[row] === 1);
  return {
    candidates: sampleRows(unlabeled, MAX_CANDIDATES, seededRandom(seed)),
    unlabeled: unlabeled.length,
    labeled,
    known: sampleRows(fresh.length > 0 ? fresh : withLoss, MAX_KNOWN, seededRandom(seed + 1)),
    isHeldOut: isHeldOut && fresh.length > 0,
  };
}
