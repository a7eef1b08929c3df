import { DomainError } from '@noema/kernel';

export const serviceUnknown = (service: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'SERVICE_UNKNOWN',
    `there is no service "${service}" here; known: ${known.join(', ')}`,
    { metadata: { service } },
  );

export const serviceNotConfigured = (service: string): DomainError =>
  new DomainError(
    'unavailable',
    'SERVICE_NOT_CONFIGURED',
    `this platform runs without ${service}; its operator can add ${service}=host:port to NOEMA_SERVICES`,
    { metadata: { service } },
  );

export const serviceUnavailable = (service: string, openMs: number): DomainError =>
  new DomainError(
    'unavailable',
    'SERVICE_AWAY',
    `${service} did not answer several times in a row; ask again in a few seconds`,
    { metadata: { service, retry_after_seconds: String(Math.ceil(openMs / 1000)) } },
  );
