import type { IncomingMessage } from 'node:http';

const MAX_LENGTH = 64;

/**
 * Returns the address that a request comes from. Each trusted proxy has appended the address that it saw to
 * the addresses that it received (`x-forwarded-for`); the addresses before them come from the caller and are
 * ignored.
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
