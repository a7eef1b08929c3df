import { DomainError } from '@noema/kernel';

export const apiKeyNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'API_KEY_NOT_FOUND',
    `there is no API key "${id}" in this team; list the keys to see which there are`,
    { metadata: { api_key_id: id } },
  );

export const expiryPassed = (at: Date): DomainError =>
  new DomainError(
    'invalid',
    'EXPIRE_TIME_PASSED',
    `expire_time ${at.toISOString()} is in the past; give a later one, or none for a key that does not end`,
    { violations: [{ field: 'expire_time', description: 'is in the past' }] },
  );
