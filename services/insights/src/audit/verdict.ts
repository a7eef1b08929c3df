export const VERDICTS = ['wrong', 'right', 'unsure'] as const;

/** Verdict of a person on a sample of an insight. */
export type Verdict = (typeof VERDICTS)[number];

/** Verdict on the sample of a row; undefined takes it back. */
export interface SampleVerdict {
  readonly row: number;
  readonly verdict: Verdict | undefined;
}
