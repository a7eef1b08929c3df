import { DomainError } from '@noema/kernel';

export const gatewayBusy = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'GATEWAY_BUSY',
    `${limit} requests are being answered already; ask again in a second`,
    { metadata: { retry_after_seconds: '1' } },
  );

/** A team has as many requests under way as its share lets it. */
export const teamBusy = (): DomainError =>
  new DomainError(
    'exhausted',
    'TEAM_BUSY',
    'too many requests and streams of this team are being answered already; wait for some to end, and ' +
      'ask with fewer at the same time',
    { metadata: { retry_after_seconds: '1' } },
  );

export const waitedTooLong = (timeoutMs: number): DomainError =>
  new DomainError(
    'timeout',
    'DEADLINE_EXCEEDED',
    `within ${timeoutMs} ms it was not the turn of this request; ask with fewer at the same time`,
  );

export const shuttingDown = (): DomainError =>
  new DomainError(
    'unavailable',
    'SHUTTING_DOWN',
    'this gateway is shutting down; ask again, another one answers',
    { metadata: { retry_after_seconds: '1' } },
  );
