import type { IncomingMessage } from 'node:http';

/** Where a browser says that a request comes from: our own page, another one, or nothing said. */
export type RequestSource = 'own' | 'foreign' | 'unsaid';

/**
 * Reads `Sec-Fetch-Site`, which no script can set; over plain HTTP, where browsers leave it out, `Origin`
 * against `Host`. Another port of the same host is foreign.
 */
export function readSource({ headers }: IncomingMessage): RequestSource {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  if (headers.origin === undefined) return 'unsaid';
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host?.toLowerCase()
    ? 'own'
    : 'foreign';
}
