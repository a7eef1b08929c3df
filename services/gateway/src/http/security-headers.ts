import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSecure } from './cookie.js';

/** Headers of every response: nothing may be guessed, framed, run or stored by others. */
const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
};

/** Over TLS: browsers come back by TLS alone, for a year. */
const HSTS = 'max-age=31536000';

export function setSecurityHeaders(req: IncomingMessage, res: ServerResponse): void {
  if (isSecure(req)) res.setHeader('strict-transport-security', HSTS);
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value);
}
