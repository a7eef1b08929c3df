import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { parseCookie, stringifySetCookie } from 'cookie';

export interface CookieOptions {
  readonly maxAgeS: number;
  readonly path: string;
  /** A browser sends `lax` when another site leads it here, `strict` never from another site. */
  readonly sameSite: 'strict' | 'lax';
  /** Whether the scripts of the page can read it. Default: no script can. */
  readonly isReadable?: boolean;
}

/** The value of a cookie; `undefined` without one. */
export const readCookie = ({ headers }: IncomingMessage, name: string): string | undefined =>
  parseCookie(headers.cookie ?? '')[name];

/**
 * True when the browser's connection is encrypted, here or at a proxy. `x-forwarded-proto` may be anybody's
 * word: it can only make things stricter for who sends it.
 */
export const isSecure = ({ socket, headers }: IncomingMessage): boolean =>
  (socket as Partial<TLSSocket>).encrypted === true || headers['x-forwarded-proto'] === 'https';

/** Sets a cookie; one without a value and an age is taken away. */
export function setCookie(
  req: IncomingMessage,
  res: ServerResponse,
  [name, value]: readonly [name: string, value: string],
  { maxAgeS, path, sameSite, isReadable = false }: CookieOptions,
): void {
  res.appendHeader(
    'set-cookie',
    stringifySetCookie(name, value, {
      maxAge: maxAgeS,
      path,
      sameSite,
      httpOnly: !isReadable,
      secure: isSecure(req),
    }),
  );
}
