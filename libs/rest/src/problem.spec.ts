import { DomainError, type ErrorKind } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { errorOfProblem, toProblem } from './problem.js';

const kinds: ErrorKind[] = [
  'invalid',
  'not-found',
  'exists',
  'conflict',
  'precondition',
  'unauthenticated',
  'forbidden',
  'exhausted',
  'unavailable',
  'timeout',
  'cancelled',
  'unsupported',
  'data-loss',
];

describe('problems', () => {
  it.each(kinds)('%s comes back unchanged', (kind) => {
    const error = new DomainError(kind, 'A_REASON', 'what, which, do', {
      metadata: { a: 'b' },
      violations: [{ field: 'f', description: 'd' }],
    });
    const problem = toProblem(error);
    expect(errorOfProblem(problem.status, JSON.parse(JSON.stringify(problem)))).toMatchObject({
      kind,
      reason: 'A_REASON',
      message: error.message,
      metadata: { a: 'b' },
      violations: error.violations,
    });
  });

  it('brings the trace along, for whoever has to look into the logs', () => {
    expect(
      errorOfProblem(500, { ...toProblem(new DomainError('internal', 'SQL', 'x')), trace_id: 'abc' })
        .metadata,
    ).toEqual({ trace_id: 'abc' });
  });

  it('hides what is internal', () => {
    const text = JSON.stringify(
      toProblem(new DomainError('internal', 'SQL', 'password of postgres', { metadata: { dsn: 'secret' } })),
    );
    expect(text).not.toMatch(/password|secret|SQL/);
  });

  it.each([
    [404, 'not-found'],
    [429, 'exhausted'],
    [502, 'unavailable'],
    [418, 'invalid'],
    [599, 'internal'],
  ])('understands a bare %i', (status, kind) => {
    expect(errorOfProblem(status, 'tea')).toMatchObject({ kind, reason: `HTTP_${status}` });
  });
});
