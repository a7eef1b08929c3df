import { findTask } from '@noema/contracts';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { DomainError } from '@noema/kernel/domain-error';
import { EVALUATION_COLUMNS as COLUMNS } from '@noema/population/rules';

/** Samples of these tasks are not correct or misclassified as a whole. */
const UNJUDGED: ReadonlySet<string | undefined> = new Set(['regression', 'per-pixel', 'detection']);

/** Whether a sample is correct; undefined without ground truth, and for tasks without one correct output. */
export const readCorrect = ({ hasLoss, task, correct }: SampleEvaluation): boolean | undefined =>
  hasLoss && !UNJUDGED.has(findTask(task)) ? correct : undefined;

/** Fields of evaluations that aggregates may name. */
export const FIELDS: Readonly<Record<string, (sample: SampleEvaluation) => number | undefined>> = {
  [COLUMNS.loss]: ({ hasLoss, loss }) => (hasLoss ? loss : undefined),
  [COLUMNS.correct]: (sample) => {
    const correct = readCorrect(sample);
    return correct === undefined ? undefined : Number(correct);
  },
  [COLUMNS.residual]: ({ residual }) => residual,
  [COLUMNS.iou]: ({ iou }) => iou,
  [COLUMNS.pixelAccuracy]: ({ pixelAccuracy }) => pixelAccuracy,
};

export const isBooleanField = (field: string): boolean => field === COLUMNS.correct;

/** Throws `invalid` FIELD_UNKNOWN with the known names. */
export function checkField(field: string): void {
  if (Object.hasOwn(FIELDS, field)) return;
  throw new DomainError(
    'invalid',
    'FIELD_UNKNOWN',
    `a test cannot aggregate "${field}"; known: ${Object.keys(FIELDS).join(', ')}`,
    { metadata: { field } },
  );
}
