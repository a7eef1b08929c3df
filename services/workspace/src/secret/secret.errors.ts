import { DomainError } from '@noema/kernel';

export const secretNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'SECRET_NOT_FOUND',
    `there is no secret "${id}" in this team; list the secrets to see which there are`,
    { metadata: { secret_id: id } },
  );

export const secretNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'SECRET_NAME_TAKEN',
    `a secret "${name}" is in the team already; replace its value, or choose another name`,
    { metadata: { name } },
  );

export const secretNameInvalid = (name: string): DomainError =>
  new DomainError(
    'invalid',
    'SECRET_NAME_INVALID',
    `"${name}" cannot be the name of a secret; use 1 to 100 of the characters A-Z, a-z, 0-9, _ and -`,
    { violations: [{ field: 'name', description: 'has other characters, or too many' }] },
  );

/** Says how long it was and never what it was. */
export const secretValueInvalid = (length: number, max: number): DomainError =>
  new DomainError('invalid', 'SECRET_VALUE_INVALID', `value has ${length} characters; give 1 to ${max}`, {
    violations: [{ field: 'value', description: `has ${length} characters` }],
  });

export const secretsDisabled = (): DomainError =>
  new DomainError(
    'precondition',
    'SECRETS_DISABLED',
    'this installation has no key to seal secrets with; its operator has to set NOEMA_SECRETS_KEY to 32 ' +
      'random bytes in base64',
  );

export const secretNameUnknown = (name: string): DomainError =>
  new DomainError(
    'not-found',
    'SECRET_NOT_FOUND',
    `there is no secret "${name}" in this team; create it, or use the name of an existing secret`,
    { metadata: { name } },
  );

export const secretUnreadable = (id: string, keyId: string, cause?: unknown): DomainError =>
  new DomainError(
    'data-loss',
    'SECRET_UNREADABLE',
    `secret "${id}" does not open${keyId === '' ? '' : ` with the key "${keyId}"`}; the operator has to ` +
      'put the key that sealed it back into NOEMA_SECRETS_KEY, or the value has to be written again',
    { metadata: { secret_id: id, key_id: keyId }, cause },
  );
