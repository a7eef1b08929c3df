import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { findMetrics, VersionPair } from '@noema/evaluation';
import { EVALUATION_COLUMNS as COLUMNS } from '@noema/population/rules';
import { FIELDS, type Rows } from '@noema/judging';

/** One sample, as two versions evaluate it. */
export type Pair = readonly [before: SampleEvaluation, now: SampleEvaluation];

export interface PairedRows {
  /** Number of samples that both versions evaluate. */
  readonly shared: number;
  /** The shared samples with one ground truth, in the order of `now`. */
  readonly compared: readonly Pair[];
}

/** Pairs the same rows of one dataset version, else the samples with the same split, id and ground truth. */
export function pairRows(before: Rows, now: Rows, isSameData: boolean): PairedRows {
  const key = ({ row, sample }: SampleEvaluation): number | string =>
    isSameData ? row : `${sample?.split ?? ''}/${sample?.sampleId ?? ''}`;
  const known = new Map(before.map((sample) => [key(sample), sample]));
  const pairs = now.flatMap((sample): Pair[] => {
    const other = known.get(key(sample));
    return other === undefined ? [] : [[other, sample]];
  });
  const compared = isSameData ? pairs : pairs.filter(([one, other]) => hasSameTruth(one, other));
  return { shared: pairs.length, compared };
}

/** Name of the class of the ground truth, else its number; empty without a class. */
export const nameTruth = ({ trueClass, trueClassName }: SampleEvaluation): string =>
  trueClassName || (trueClass < 0 ? '' : String(trueClass));

const hasSameTruth = (a: SampleEvaluation, b: SampleEvaluation): boolean =>
  nameTruth(a) === nameTruth(b) &&
  a.targets.length === b.targets.length &&
  a.targets.every((target, i) => target === b.targets[i]);

/** Returns metrics of the pairs as columns. */
export function toVersionPair(
  pairs: readonly Pair[],
  { hasCorrectness, numbers }: Pick<ReturnType<typeof findMetrics>, 'hasCorrectness' | 'numbers'>,
): VersionPair {
  const column = (side: 0 | 1, field: string) =>
    Float32Array.from(pairs, (pair) => readNumber(pair[side], field));
  const correct = (side: 0 | 1) =>
    Uint8Array.from(column(side, COLUMNS.correct), (value) => (Number.isNaN(value) ? 255 : value));
  return {
    rows: pairs.length,
    correct: hasCorrectness ? { before: correct(0), now: correct(1) } : undefined,
    numbers: numbers.map((name) => ({ name, before: column(0, name), now: column(1, name) })),
  };
}

function readNumber(sample: SampleEvaluation, field: string): number {
  const value = FIELDS[field]?.(sample) ?? NaN;
  return field === COLUMNS.residual ? Math.abs(value) : value;
}
