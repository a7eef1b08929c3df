import { DomainError } from '@noema/kernel';

/** A refusal that only HTTP knows, with its status. */
export class HttpRefusal extends DomainError {
  constructor(readonly status: number, ...rest: ConstructorParameters<typeof DomainError>) {
    super(...rest);
  }
}

export const routeUnknown = (verb: string, path: string): HttpRefusal =>
  new HttpRefusal(404, 'not-found', 'ROUTE_UNKNOWN', `there is nothing at ${verb} ${path}; /openapi.json lists all routes`);

/** What express refuses before a route is looked for. */
export const pathMalformed = (path: string, cause: unknown): DomainError =>
  new DomainError('invalid', 'PATH_MALFORMED', `"${path}" is not percent-encoded UTF-8; encode it`, { cause });

export const verbNotAllowed = (verb: string, path: string, allowed: readonly string[]): HttpRefusal =>
  new HttpRefusal(405, 'unsupported', 'VERB_NOT_ALLOWED', `${path} does not take ${verb}; it takes ${allowed.join(', ')}`, { metadata: { allow: allowed.join(', ') } });

export const bodyTooLarge = (limitBytes: number): HttpRefusal =>
  new HttpRefusal(413, 'invalid', 'BODY_TOO_LARGE', `the body is larger than ${limitBytes} bytes; large data belong into the artifact store, not into a request`, { metadata: { limit_bytes: String(limitBytes) } });

export const bodyTooSlow = (timeoutMs: number): HttpRefusal =>
  new HttpRefusal(408, 'timeout', 'BODY_TOO_SLOW', `the body did not arrive within ${timeoutMs} ms; send it again, faster`);

export const bodyCut = (): DomainError => new DomainError('cancelled', 'BODY_CUT', 'the caller left before its body was complete');

export const bodyNotJson = (why: string): DomainError =>
  new DomainError('invalid', 'BODY_NOT_JSON', `the body is no JSON: ${why}`, { violations: [{ field: 'body', description: why }] });

export const mediaTypeUnknown = (given: string): HttpRefusal =>
  new HttpRefusal(415, 'invalid', 'MEDIA_TYPE_UNKNOWN', `a body of type ${given} is not understood; send application/json`);

export const headerInvalid = (name: string, value: string, wanted: string): DomainError =>
  new DomainError('invalid', 'HEADER_INVALID', `${name}: "${value}" is not ${wanted}`, { violations: [{ field: name, description: `is not ${wanted}` }] });

export const serviceUnknown = (service: string, known: readonly string[]): DomainError =>
  new DomainError('not-found', 'SERVICE_UNKNOWN', `there is no service "${service}" here; known: ${known.join(', ')}`, { metadata: { service } });

export const serviceNotConfigured = (service: string): DomainError =>
  new DomainError('unavailable', 'SERVICE_NOT_CONFIGURED', `this platform runs without ${service}; its operator can add ${service}=host:port to NOEMA_SERVICES`, { metadata: { service } });

export const serviceAway = (service: string, openMs: number): DomainError =>
  new DomainError('unavailable', 'SERVICE_AWAY', `${service} did not answer several times in a row; ask again in a few seconds`, { metadata: { service, retry_after_seconds: String(Math.ceil(openMs / 1000)) } });

export const gatewayBusy = (limit: number): DomainError =>
  new DomainError('exhausted', 'GATEWAY_BUSY', `${limit} requests are being answered already; ask again in a second`, { metadata: { retry_after_seconds: '1' } });

export const shuttingDown = (): DomainError =>
  new DomainError('unavailable', 'SHUTTING_DOWN', 'this gateway is shutting down; ask again, another one answers', { metadata: { retry_after_seconds: '1' } });

export const addressInUse = (address: string, cause: unknown): DomainError =>
  new DomainError('precondition', 'ADDRESS_IN_USE', `${address} is in use by another program; stop it, or set NOEMA_HTTP_ADDRESS to another port`, { cause, metadata: { address } });

export const sessionsOff = (): DomainError =>
  new DomainError('unsupported', 'SESSIONS_OFF', 'this gateway keeps no sessions; its operator can set NOEMA_SESSION_SECRET, or send the API key as "authorization: Bearer <key>"');

export const sessionInvalid = (): DomainError =>
  new DomainError('unauthenticated', 'SESSION_INVALID', 'the session has ended; sign in again');

export const crossSite = (): DomainError =>
  new DomainError('forbidden', 'CROSS_SITE', 'a request that changes something and is signed in by a cookie must come from the page itself; programs send "authorization: Bearer <key>"');

export const signInBackOff = (seconds: number): DomainError =>
  new DomainError('exhausted', 'SIGN_IN_BACK_OFF', `too many wrong API keys came from this address; try again in ${seconds} s`, { metadata: { retry_after_seconds: String(seconds) } });

export const pageMissing = (directory: string, cause: unknown): DomainError =>
  new DomainError('precondition', 'PAGE_MISSING', `there is no page in ${directory}: index.html cannot be read; build it with "make build", or unset NOEMA_PAGE_DIR`, { cause, metadata: { directory } });
