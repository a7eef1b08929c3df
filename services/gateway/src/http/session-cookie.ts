import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { SESSION_LIFETIME_S } from '../domain/session-seal.js';

/** Name of the cookie that signs a browser in. */
export const SESSION_COOKIE = 'noema_session';

/** The value of the session's cookie; `undefined` without one. */
export function readSessionCookie({ headers }: IncomingMessage): string | undefined {
  for (const part of headers.cookie?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === SESSION_COOKIE) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** Sets the cookie: no script reads it, no other site's request carries it. */
export function setSessionCookie(req: IncomingMessage, res: ServerResponse, value: string): void {
  res.setHeader('set-cookie', `${SESSION_COOKIE}=${value}; Max-Age=${SESSION_LIFETIME_S}; ${attributesFor(req)}`);
}

/** Takes the cookie away. */
export function clearSessionCookie(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; ${attributesFor(req)}`);
}

/** `x-forwarded-proto` may be anybody's word: it can only make the cookie stricter. */
function attributesFor(req: IncomingMessage): string {
  const secure = (req.socket as Partial<TLSSocket>).encrypted === true || req.headers['x-forwarded-proto'] === 'https';
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
