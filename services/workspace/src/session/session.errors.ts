import { DomainError } from '@noema/kernel';

export const sessionEnded = (): DomainError =>
  new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended; sign in again');

export const sessionIdInvalid = (id: string): DomainError =>
  new DomainError('invalid', 'SESSION_ID_INVALID', `session_id "${id}" is not a UUID`, {
    violations: [{ field: 'session_id', description: 'is not a UUID' }],
  });
