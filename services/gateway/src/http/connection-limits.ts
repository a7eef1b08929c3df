import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressBusy } from './http.errors.js';
import { answerBroken, answerRefused } from './broken-request.js';

export interface ConnectionLimits {
  /** Time for the headers of a request, in milliseconds. */
  readonly headersMs: number;
  /** Time for its body beyond that, in milliseconds. */
  readonly bodyMs: number;
  /** Maximum number of concurrent connections; more are closed at once. */
  readonly maxConnections: number;
  /**
   * Maximum number of concurrent connections of one address; more are answered 429 and closed. 0 for no
   * limit.
   */
  readonly maxPerAddress: number;
}

/** Interval between two searches for late connections, in milliseconds. */
const CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 65_000;

/**
 * Bounds how many connections a server holds and how long a peer may take to send. To be called before the
 * server listens.
 */
export function limitConnections(
  server: Server,
  { headersMs, bodyMs, maxConnections, maxPerAddress }: ConnectionLimits,
): void {
  server.headersTimeout = headersMs;
  server.requestTimeout = headersMs + bodyMs;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = maxConnections;
  // Node reads it when the server listens and has no type for it; by itself it looks every 30 s, and cuts
  // that much later.
  (server as Server & { connectionsCheckingInterval: number }).connectionsCheckingInterval = Math.min(
    CHECK_MS,
    headersMs / 4,
  );
  server.on('clientError', answerBroken);
  if (maxPerAddress > 0) limitAddresses(server, maxPerAddress);
}

const refused = new WeakSet<Socket>();

/** True for a connection above the limit of its address: what it still sends is not answered. */
export const wasRefused = (socket: Socket): boolean => refused.has(socket);

function limitAddresses(server: Server, limit: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const before = open.get(address) ?? 0;
    if (before >= limit) {
      refused.add(socket);
      answerRefused(socket, 429, addressBusy(limit));
      return;
    }
    open.set(address, before + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
