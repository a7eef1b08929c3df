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

const PLACE = { path: '/', sameSite: 'strict' } as const;

/** The value of the session's cookie; `undefined` without one. */
export const readSessionCookie = (req: IncomingMessage): string | undefined =>
  readCookie(req, sessionCookieName(req));

/** Sets the cookie: no script reads it, no other site's request carries it. */
export function setSessionCookie(
  req: IncomingMessage,
  res: ServerResponse,
  { value, maxAgeS }: { readonly value: string; readonly maxAgeS: number },
): void {
  setCookie(req, res, [sessionCookieName(req), value], { ...PLACE, maxAgeS });
}

/** Takes the cookie away. */
export function clearSessionCookie(req: IncomingMessage, res: ServerResponse): void {
  setCookie(req, res, [sessionCookieName(req), ''], { ...PLACE, maxAgeS: 0 });
}
