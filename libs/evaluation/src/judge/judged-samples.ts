import type { NumericField } from '../query/frame.js';

/** The samples of a slice, as one version evaluates them. */
export interface JudgedSamples {
  /** Number of samples of the slice. */
  readonly count: number;
  /** The field of the aggregate, one value a sample of the slice; undefined for `count()`. */
  readonly field: NumericField | undefined;
}

/** The samples as the previous version evaluates them. */
export interface PreviousSamples extends JudgedSamples {
  /** Whether they are the same samples in the same order. */
  readonly isAligned: boolean;
  /** Why the versions cannot be compared, in a sentence; undefined where they can. */
  readonly refusal?: string;
}

/** The number that a test names, for the samples of the slice; NaN where none has a value. */
export function computeAggregate({ count, field }: JudgedSamples, name: string): number {
  if (field === undefined) return count;
  const finite = Float64Array.from(field.values).filter(Number.isFinite);
  const sum = finite.reduce((total, value) => total + value, 0);
  if (name === 'sum') return sum;
  if (finite.length === 0) return NaN;
  if (name === 'mean') return sum / finite.length;
  return finite.reduce((most, value) => (name === 'min' ? Math.min(most, value) : Math.max(most, value)));
}
