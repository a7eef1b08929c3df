import { DomainError } from '@noema/kernel';

/** One error for a person who never was a member, and for one who is no member any more. */
export const identityUnknown = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'IDENTITY_UNKNOWN',
    'this person is no member of the team; ask an admin of the team to add the e-mail address, then ' +
      'sign in again',
  );

export const identityIncomplete = (field: string): DomainError =>
  new DomainError('invalid', 'IDENTITY_INCOMPLETE', `${field} is empty; give it as the ID token says`, {
    violations: [{ field, description: 'is empty' }],
  });
