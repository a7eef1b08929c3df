import { DomainError } from '@noema/kernel';

export const sessionsOff = (): DomainError =>
  new DomainError(
    'unsupported',
    'SESSIONS_OFF',
    'this gateway keeps no sessions; its operator can set NOEMA_SESSION_SECRET, or send the API key as ' +
      '"authorization: Bearer <key>"',
  );

export const sessionInvalid = (): DomainError =>
  new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended; sign in again');

export const signInBackOff = (seconds: number): DomainError =>
  new DomainError(
    'exhausted',
    'SIGN_IN_BACK_OFF',
    `too many wrong API keys came from this address; try again in ${seconds} s`,
    { metadata: { retry_after_seconds: String(seconds) } },
  );

export const teamUnknown = (teamId: string): DomainError =>
  new DomainError(
    'not-found',
    'TEAM_NOT_FOUND',
    `this session has no team "${teamId}"; list its teams to see which there are`,
    { metadata: { team_id: teamId } },
  );
