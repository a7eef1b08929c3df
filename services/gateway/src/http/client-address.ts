import type { IncomingMessage } from 'node:http';

const MAX_LENGTH = 64;

/**
 * The address that a request comes from. Each of so many trusted proxies has put the address that it saw
 * behind those that it was told (`x-forwarded-for`); what stands before them is the caller's word and counts
 * for nothing.
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: number,
): string {
  const told =
    trustedProxies === 0
      ? []
      : [headers['x-forwarded-for'] ?? []]
          .flat()
          .join(',')
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '');
  const seen = [...told, socket.remoteAddress ?? ''];
  return bare(seen[Math.max(0, seen.length - 1 - trustedProxies)]!);
}

/** Without port and brackets; an IPv4 address in IPv6 form as what it is. */
function bare(text: string): string {
  const address = /^\[(.+)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(text)?.[1] ?? text;
  return address
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .toLowerCase()
    .slice(0, MAX_LENGTH);
}
