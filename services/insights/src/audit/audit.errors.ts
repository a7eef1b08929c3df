import { DomainError } from '@noema/kernel';

export const verdictsMissing = (count: number, most: number): DomainError =>
  new DomainError(
    'invalid',
    'VERDICTS_INVALID',
    `the request has ${count} verdicts; send 1 to ${most}, each on another sample`,
    { violations: [{ field: 'verdicts', description: `has ${count} entries` }] },
  );

export const sampleNotInInsight = (insightId: string, row: number): DomainError =>
  new DomainError(
    'invalid',
    'SAMPLE_NOT_IN_INSIGHT',
    `the sample in row ${row} does not belong to insight "${insightId}"; list its members to see which do`,
    {
      metadata: { insight_id: insightId, row: String(row) },
      violations: [{ field: 'verdicts', description: `row ${row} is no member` }],
    },
  );

export const rowTwice = (row: number): DomainError =>
  new DomainError('invalid', 'VERDICTS_INVALID', `the request has two verdicts on row ${row}; send one`, {
    metadata: { row: String(row) },
    violations: [{ field: 'verdicts', description: `row ${row} occurs twice` }],
  });
