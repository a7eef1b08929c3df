import { seededRandom } from '@noema/kernel/random';
import { formatCount } from '../../finding/numbers.js';
import { sampleRows } from '../../population/sample-rows.js';
import { thinRows } from '../../population/groups.js';
import type { Population } from '../../population/population.js';
import { CONFIRM, FIND } from '../../population/halves.js';
import { keepFinite } from './standard-units.js';

/** Limits for memory and time; what is beyond them is left out at random. */
const [MAX_REFERENCE, MAX_CALIBRATION, MAX_TESTED] = [10_000, 20_000, 100_000];

/** Samples that are tested together against a calibration. Numbers are positions in `rows`. */
export interface Batch {
  readonly calibration: Int32Array;
  readonly tested: Int32Array;
}

export interface Plan {
  /** Training samples. */
  readonly reference: Int32Array;
  /** All samples that get a score. */
  readonly rows: Int32Array;
  readonly batches: readonly Batch[];
  /** Name of the split that calibrates. */
  readonly calibrates: string;
  readonly remarks: readonly string[];
}

/**
 * Decides who calibrates and who is tested. The halves of the validation split calibrate each other, and all of it
 * calibrates the other splits: training samples never calibrate, because the model has learned them. Without a
 * validation split, test samples do.
 */
export function planBatches(population: Population, halves: Uint8Array, seed: number): Plan {
  const { n, splits, splitCodes, units } = population;
  const random = seededRandom(seed, 118);
  const remarks: string[] = [];
  const select = (name: string, most: number, keep: (row: number) => boolean): Int32Array => {
    const chosen = Int32Array.from({ length: n }, (_, row) => row).filter(keep);
    const finite = keepFinite(units!, n, chosen);
    const broken = chosen.length - finite.length;
    if (broken > 0)
      remarks.push(
        `${formatCount(broken)} ${name} samples are left out: responses of theirs are no numbers.`,
      );
    if (finite.length > most)
      remarks.push(
        `${formatCount(most)} of ${formatCount(finite.length)} ${name} samples are used, drawn by the seed.`,
      );
    return sampleRows(finite, most, random);
  };
  /** One of each group: a conformal p-value takes the calibration samples, and the tested ones, as independent. */
  const selectAlone = (name: string, most: number, keep: (row: number) => boolean): Int32Array => {
    const chosen = Int32Array.from({ length: n }, (_, row) => row).filter(keep);
    const alone = thinRows(population, chosen, random);
    if (alone.length < chosen.length)
      remarks.push(
        `One ${name} sample of each group is used, drawn by the seed: ${formatCount(alone.length)} of ` +
          `${formatCount(chosen.length)}.`,
      );
    const isAlone = new Set(alone);
    return select(name, most, (row) => isAlone.has(row));
  };
  const inSplit = (row: number, split: string): boolean => splits[splitCodes[row]!] === split;
  const reference = select('training', MAX_REFERENCE, (row) => inSplit(row, 'training'));
  const has = (split: string): boolean =>
    splitCodes.some((_, row) => inSplit(row, split) && halves[row]! > 0);
  const calibrates = has('validation') ? 'validation' : 'test';
  const isCalibrating = (row: number): boolean => inSplit(row, calibrates) && halves[row]! > 0;
  const own = selectAlone(calibrates, MAX_CALIBRATION, isCalibrating);
  const others = selectAlone('other', MAX_TESTED, (row) => !inSplit(row, 'training') && !isCalibrating(row));
  const at = (keep: (row: number) => boolean) => Int32Array.from(own.keys()).filter((i) => keep(own[i]!));
  const [find, confirm] = [FIND, CONFIRM].map((half) => at((row) => halves[row] === half)) as [
    Int32Array,
    Int32Array,
  ];
  const batches: Batch[] = [
    { calibration: find, tested: confirm },
    { calibration: confirm, tested: find },
    { calibration: at(() => true), tested: Int32Array.from(others.keys(), (i) => own.length + i) },
  ];
  return {
    reference,
    rows: Int32Array.from([...own, ...others]),
    batches: batches.filter(({ calibration, tested }) => calibration.length > 0 && tested.length > 0),
    calibrates,
    remarks,
  };
}
