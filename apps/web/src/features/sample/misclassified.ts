import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';

type Verdict = Pick<SampleEvaluation, 'trueClass' | 'predictedClass' | 'correct'>;

/** True for a sample with ground truth that the model predicts as another class. */
export const isMisclassified = ({ trueClass, predictedClass, correct }: Verdict): boolean =>
  trueClass >= 0 && predictedClass >= 0 && !correct;

/** Explains the red frame of cards; empty where no row is known to be misclassified. */
export const redFrameNote = (
  rows: readonly number[],
  evaluations: ReadonlyMap<number, Verdict> | undefined,
): string =>
  rows.some((row) => {
    const evaluation = evaluations?.get(row);
    return evaluation !== undefined && isMisclassified(evaluation);
  })
    ? '; a red frame marks a misclassified sample'
    : '';
