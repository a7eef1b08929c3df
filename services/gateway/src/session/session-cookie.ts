import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSecure, readCookie, setCookie } from '../http/cookie.js';

/** Name of the cookie over TLS. */
export const SECURE_SESSION_COOKIE = '__Host-noema_session';

/**
 * Name of the cookie that signs a browser in. Over TLS no other host and no plain connection can set one of
 * that name (RFC 6265bis). Without it browsers do not keep the ports of a host apart, so each platform of a
 * machine has a name of its own.
 */
export const sessionCookieName = (req: IncomingMessage): string =>
  isSecure(req) ? SECURE_SESSION_COOKIE : `noema_session_${req.socket.localPort ?? 0}`;

/** Name of the mark over TLS; the page looks for a cookie whose name contains `noema_signed_in`. */
const SECURE_MARK_COOKIE = '__Host-noema_signed_in';

const markCookieName = (req: IncomingMessage): string =>
  isSecure(req) ? SECURE_MARK_COOKIE : `noema_signed_in_${req.socket.localPort ?? 0}`;

const PLACE = { path: '/', sameSite: 'strict' } as const;
const MARK_VALUE = '1';

/** The value of the session's cookie; `undefined` without one. */
export const readSessionCookie = (req: IncomingMessage): string | undefined =>
  readCookie(req, sessionCookieName(req));

/**
 * Sets the cookie: no script reads it, no other site's request carries it. The mark next to it holds no secret: by
 * it the page knows that a session may be there, without a request that is refused.
 */
export function setSessionCookie(
  req: IncomingMessage,
  res: ServerResponse,
  { value, maxAgeS }: { readonly value: string; readonly maxAgeS: number },
): void {
  setCookie(req, res, [sessionCookieName(req), value], { ...PLACE, maxAgeS });
  setMark(req, res, [MARK_VALUE, maxAgeS]);
}

/** Sets the mark of a session that an earlier version started without one. */
export function markSession(req: IncomingMessage, res: ServerResponse, maxAgeS: number): void {
  if (readCookie(req, markCookieName(req)) === undefined) setMark(req, res, [MARK_VALUE, maxAgeS]);
}

/** Takes the cookie and its mark away. */
export function clearSessionCookie(req: IncomingMessage, res: ServerResponse): void {
  setCookie(req, res, [sessionCookieName(req), ''], { ...PLACE, maxAgeS: 0 });
  setMark(req, res, ['', 0]);
}

const setMark = (
  req: IncomingMessage,
  res: ServerResponse,
  [value, maxAgeS]: readonly [value: string, maxAgeS: number],
): void => {
  setCookie(req, res, [markCookieName(req), value], { ...PLACE, maxAgeS, isReadable: true });
};
