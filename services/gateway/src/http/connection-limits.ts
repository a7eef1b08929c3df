import type { Server } from 'node:http';
import { answerBroken } from './broken-request.js';

export interface ConnectionLimits {
  /** Time for the headers of a request, in milliseconds. */
  readonly headersMs: number;
  /** Time for its body beyond that, in milliseconds. */
  readonly bodyMs: number;
  /** Connections at the same time; more are closed at once. */
  readonly maxConnections: number;
}

/** A connection that is late is found so long afterwards, at most. */
const CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 65_000;

/** Bounds how many connections a server holds and how long a peer may take to send. To be called before the server listens. */
export function limitConnections(server: Server, { headersMs, bodyMs, maxConnections }: ConnectionLimits): void {
  server.headersTimeout = headersMs;
  server.requestTimeout = headersMs + bodyMs;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = maxConnections;
  // Node reads it when the server listens and has no type for it; by itself it looks every 30 s, and cuts that much later.
  (server as Server & { connectionsCheckingInterval: number }).connectionsCheckingInterval = Math.min(CHECK_MS, headersMs / 4);
  server.on('clientError', answerBroken);
}
