import { DomainError } from '@noema/kernel';

export const testJudgmentNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'TEST_JUDGMENT_NOT_FOUND',
    `test judgment "${id}" does not exist; list the test judgments of the project to see which do`,
    { metadata: { test_judgment_id: id } },
  );
