import { DomainError } from '@noema/kernel';

/** A refusal that only HTTP knows, with its status. */
export class HttpRefusal extends DomainError {
  constructor(
    readonly status: number,
    ...rest: ConstructorParameters<typeof DomainError>
  ) {
    super(...rest);
  }
}

export const routeUnknown = (verb: string, path: string): HttpRefusal =>
  new HttpRefusal(
    404,
    'not-found',
    'ROUTE_UNKNOWN',
    `there is nothing at ${verb} ${path}; /openapi.json lists all routes`,
  );

/** What express refuses before a route is looked for. */
export const pathMalformed = (path: string, cause: unknown): DomainError =>
  new DomainError('invalid', 'PATH_MALFORMED', `"${path}" is not percent-encoded UTF-8; encode it`, {
    cause,
  });

export const verbNotAllowed = (verb: string, path: string, allowed: readonly string[]): HttpRefusal =>
  new HttpRefusal(
    405,
    'unsupported',
    'VERB_NOT_ALLOWED',
    `${path} does not take ${verb}; it takes ${allowed.join(', ')}`,
    { metadata: { allow: allowed.join(', ') } },
  );

export const bodyTooLarge = (limitBytes: number): HttpRefusal =>
  new HttpRefusal(
    413,
    'invalid',
    'BODY_TOO_LARGE',
    `the body is larger than ${limitBytes} bytes; large data belong into the artifact store, not into a ` +
      'request',
    { metadata: { limit_bytes: String(limitBytes) } },
  );

export const bodyTimedOut = (timeoutMs: number): HttpRefusal =>
  new HttpRefusal(
    408,
    'timeout',
    'BODY_TOO_SLOW',
    `the body did not arrive within ${timeoutMs} ms; send it again, faster`,
  );

export const bodyCut = (): DomainError =>
  new DomainError('cancelled', 'BODY_CUT', 'the caller left before its body was complete');

export const bodyNotJson = (why: string): DomainError =>
  new DomainError('invalid', 'BODY_NOT_JSON', `the body is no JSON: ${why}`, {
    violations: [{ field: 'body', description: why }],
  });

export const bodyTooManyValues = (max: number): DomainError =>
  new DomainError(
    'invalid',
    'BODY_TOO_MANY_VALUES',
    `the body has more than ${max} values; no model of at most 2,048 layers needs as many`,
    { violations: [{ field: 'body', description: `more than ${max} values` }] },
  );

export const mediaTypeUnknown = (given: string): HttpRefusal =>
  new HttpRefusal(
    415,
    'invalid',
    'MEDIA_TYPE_UNKNOWN',
    `a body of type ${given} is not understood; send application/json`,
  );

export const headerInvalid = (name: string, value: string, wanted: string): DomainError =>
  new DomainError('invalid', 'HEADER_INVALID', `${name}: "${value}" is not ${wanted}`, {
    violations: [{ field: name, description: `is not ${wanted}` }],
  });

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

export const gatewayBusy = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'GATEWAY_BUSY',
    `${limit} requests are being answered already; ask again in a second`,
    { metadata: { retry_after_seconds: '1' } },
  );

export const addressBusy = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'ADDRESS_BUSY',
    `${limit} connections of your address are open already; close some, or use one for several requests`,
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

export const addressInUse = (address: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'ADDRESS_IN_USE',
    `${address} is in use by another program; stop it, or set NOEMA_HTTP_ADDRESS to another port`,
    { cause, metadata: { address } },
  );

export const sessionsOff = (): DomainError =>
  new DomainError(
    'unsupported',
    'SESSIONS_OFF',
    'this gateway keeps no sessions; its operator can set NOEMA_SESSION_SECRET, or send the API key as ' +
      '"authorization: Bearer <key>"',
  );

export const sessionInvalid = (): DomainError =>
  new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended; sign in again');

export const crossSite = (): DomainError =>
  new DomainError(
    'forbidden',
    'CROSS_SITE',
    'a request that changes something and is signed in by a cookie must come from the page itself; ' +
      'programs send "authorization: Bearer <key>"',
  );

export const signInBackOff = (seconds: number): DomainError =>
  new DomainError(
    'exhausted',
    'SIGN_IN_BACK_OFF',
    `too many wrong API keys came from this address; try again in ${seconds} s`,
    { metadata: { retry_after_seconds: String(seconds) } },
  );

export const pageMissing = (directory: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'PAGE_MISSING',
    `there is no page in ${directory}: index.html cannot be read; build it with "make build", or unset ` +
      'NOEMA_PAGE_DIR',
    { cause, metadata: { directory } },
  );

export const providerUnavailable = (provider: string, cause: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'PROVIDER_AWAY',
    `${provider} does not answer; try again in a minute, or sign in with an API key`,
    { cause },
  );

/** `error` is a code of OAuth such as `access_denied`. */
export const providerRefused = (error: string, cause: unknown): DomainError =>
  new DomainError(
    'unauthenticated',
    'PROVIDER_REFUSED',
    'the identity provider did not sign you in ' +
      `(${/^[\w.-]{1,64}$/.test(error) ? error : 'unknown reason'}); try again`,
    { cause },
  );

/** One text for every forgery, so that a forger learns nothing; the cause is for the log. */
export const identityInvalid = (cause: unknown): DomainError =>
  new DomainError(
    'unauthenticated',
    'IDENTITY_INVALID',
    'what the identity provider sent cannot be trusted; try again, and tell the operator of this ' +
      'platform if it stays so',
    { cause },
  );

export const loginExpired = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'LOGIN_EXPIRED',
    'this sign-in took too long, was used already, or was begun in another browser; sign in again',
  );

export const notMember = (email: string): DomainError =>
  new DomainError(
    'forbidden',
    'NOT_A_MEMBER',
    'nobody has added this address to a team; ask an admin of your team to add it',
    { metadata: { email } },
  );

export const emailUnverified = (email: string): DomainError =>
  new DomainError(
    'forbidden',
    'EMAIL_UNVERIFIED',
    'the identity provider has not verified this address; verify it there, then sign in again',
    { metadata: { email } },
  );

export const signInOff = (): DomainError =>
  new DomainError(
    'unsupported',
    'IDENTITY_PROVIDER_MISSING',
    'this gateway knows no identity provider; its operator can set NOEMA_OIDC_ISSUER, or sign in with ' +
      'an API key',
  );

export const teamUnknown = (teamId: string): DomainError =>
  new DomainError(
    'not-found',
    'TEAM_NOT_FOUND',
    `this session has no team "${teamId}"; list its teams to see which there are`,
    { metadata: { team_id: teamId } },
  );
