import type { IncomingMessage, ServerResponse } from 'node:http';
import { LOGIN_LIFETIME_S } from './login.js';
import { readCookie, setCookie } from '../http/cookie.js';

const NAME = 'noema_login';

/**
 * The identity provider leads the browser back here from its own site, so the cookie has to come along then.
 */
const PLACE = { path: '/oidc', sameSite: 'lax' } as const;

/** Returns the login that this browser has started; `undefined` without one. */
export const readLoginCookie = (req: IncomingMessage): string | undefined => readCookie(req, NAME);

export function setLoginCookie(req: IncomingMessage, res: ServerResponse, value: string): void {
  setCookie(req, res, [NAME, value], { ...PLACE, maxAgeS: LOGIN_LIFETIME_S });
}

/** A login is used once. */
export function clearLoginCookie(req: IncomingMessage, res: ServerResponse): void {
  setCookie(req, res, [NAME, ''], { ...PLACE, maxAgeS: 0 });
}
