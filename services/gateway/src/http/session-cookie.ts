import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCookie, setCookie } from './cookie.js';

/** Name of the cookie that signs a browser in. */
export const SESSION_COOKIE = 'noema_session';

const PLACE = { path: '/', sameSite: 'Strict' } as const;

/** The value of the session's cookie; `undefined` without one. */
export const readSessionCookie = (req: IncomingMessage): string | undefined => readCookie(req, SESSION_COOKIE);

/** Sets the cookie: no script reads it, no other site's request carries it. */
export function setSessionCookie(req: IncomingMessage, res: ServerResponse, { value, maxAgeS }: { readonly value: string; readonly maxAgeS: number }): void {
  setCookie(req, res, [SESSION_COOKIE, value], { ...PLACE, maxAgeS });
}

/** Takes the cookie away. */
export function clearSessionCookie(req: IncomingMessage, res: ServerResponse): void {
  setCookie(req, res, [SESSION_COOKIE, ''], { ...PLACE, maxAgeS: 0 });
}
