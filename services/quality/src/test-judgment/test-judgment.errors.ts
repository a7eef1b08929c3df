import { DomainError } from '@noema/kernel';

export const epochOutOfRange = (epoch: number, runId: string, last: number): DomainError => {
  const message = `run "${runId}" has ${last} epochs, not the epoch ${epoch}; give 1 to ${last}, or 0 for the last one`;
  return new DomainError('invalid', 'EPOCH_OUT_OF_RANGE', message, {
    violations: [{ field: 'epoch', description: message }],
  });
};

export const testJudgmentNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'TEST_JUDGMENT_NOT_FOUND',
    `test judgment "${id}" does not exist; list the test judgments of the project to see which do`,
    { metadata: { test_judgment_id: id } },
  );
