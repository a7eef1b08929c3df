import type { MetadataType } from '../dataset-version/dataset-version.js';
import { chiSquaredPValue, kolmogorovSmirnovPValue } from './p-value.js';

/** A column that selected samples and the rest are compared in. */
export interface ComparedColumn {
  readonly name: string;
  readonly type: MetadataType;
}

/** Samples with a value, or with a number from `low` to `high`. */
export interface MetadataBin {
  readonly value: string;
  readonly low: number;
  readonly high: number;
  readonly selected: number;
  readonly rest: number;
}

/**
 * Compares the values of a column in the selected samples and in the rest; samples without a value are not
 * counted.
 */
export interface ColumnComparison extends ComparedColumn {
  readonly selected: number;
  readonly rest: number;
  /**
   * Kolmogorov-Smirnov statistic of numbers, total variation distance of other values; 0 when there are none
   * on one side.
   */
  readonly difference: number;
  /** χ² over the table of values; 0 for numbers. */
  readonly chiSquared: number;
  /** Distinct values; 0 for numbers. */
  readonly values: number;
  readonly selectedMean: number;
  readonly restMean: number;
  readonly bins: readonly MetadataBin[];
}

export interface MetadataDifference extends ColumnComparison {
  /** Chance of such a difference when the rows had been drawn at random. */
  readonly pValue: number;
}

/** From this chance on a difference counts as one that may be chance. */
const CHANCE = 0.01;

/**
 * Sorts the columns by their difference, the largest first, and adds the p-value of each; columns whose
 * difference may well be chance come last.
 */
export function ranked(columns: readonly ColumnComparison[]): MetadataDifference[] {
  const differences = columns.map((column) => ({ ...column, pValue: computePValue(column) }));
  const mayBeChance = ({ pValue }: MetadataDifference): number => (pValue < CHANCE ? 0 : 1);
  return differences.sort(
    (a, b) => mayBeChance(a) - mayBeChance(b) || b.difference - a.difference || a.name.localeCompare(b.name),
  );
}

function computePValue({ type, selected, rest, difference, chiSquared, values }: ColumnComparison): number {
  if (selected === 0 || rest === 0) return 1;
  return type === 'number'
    ? kolmogorovSmirnovPValue(difference, selected, rest)
    : chiSquaredPValue(chiSquared, values - 1);
}
