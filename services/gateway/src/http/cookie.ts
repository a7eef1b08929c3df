import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

export interface CookieOptions {
  readonly maxAgeS: number;
  readonly path: string;
  /** `Lax` comes along when another site leads a browser here, `Strict` never does. */
  readonly sameSite: 'Strict' | 'Lax';
}

/** The value of a cookie; `undefined` without one. */
export function readCookie({ headers }: IncomingMessage, name: string): string | undefined {
  for (const part of headers.cookie?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * True when the browser's connection is encrypted, here or at a proxy. `x-forwarded-proto` may be anybody's
 * word: it can only make things stricter for who sends it.
 */
export const isSecure = ({ socket, headers }: IncomingMessage): boolean =>
  (socket as Partial<TLSSocket>).encrypted === true || headers['x-forwarded-proto'] === 'https';

/** Sets a cookie that no script reads; one without a value and an age is taken away. */
export function setCookie(
  req: IncomingMessage,
  res: ServerResponse,
  cookie: readonly [name: string, value: string],
  { maxAgeS, path, sameSite }: CookieOptions,
): void {
  res.appendHeader(
    'set-cookie',
    `${cookie.join('=')}; Max-Age=${maxAgeS}; Path=${path}; HttpOnly; ` +
      `SameSite=${sameSite}${isSecure(req) ? '; Secure' : ''}`,
  );
}
