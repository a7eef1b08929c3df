import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SETTINGS } from '@noema/host';
import type { GatewayConfig } from '../config.js';
import { InFlight } from '../request/in-flight.js';
import { Upstreams } from '../upstream/upstreams.js';

/** Time in which clients that send often leave their open connections, in milliseconds. */
const LAST_REQUESTS_MS = 500;

/**
 * Ends in the order in which no request fails: listen no more, break streams off, answer what still comes on open
 * connections and close them with the response, let requests finish, then cut what is left.
 */
@Injectable()
export class HttpDrain implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly open = new Set<ServerResponse>();

  constructor(
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(SETTINGS) private readonly config: Pick<GatewayConfig, 'drainMs'>,
  ) {}

  /** Has to see every response before it is sent: in a drain it closes its connection. */
  watch(res: ServerResponse): void {
    if (this.inFlight.draining.aborted) return closeWith(res);
    this.open.add(res);
    res.once('close', () => this.open.delete(res));
  }

  async beforeApplicationShutdown(): Promise<void> {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    const { drainMs } = this.config;
    this.inFlight.startDrain();
    for (const res of this.open) closeWith(res);
    // `close` of an HTTP server would also cut idle connections, on which the next request may be under way.
    const closed = once(server, 'close');
    TcpServer.prototype.close.call(server);
    const lastRequests = new AbortController();
    await Promise.race([
      closed,
      delay(Math.min(LAST_REQUESTS_MS, drainMs), undefined, { signal: lastRequests.signal }).catch(
        () => undefined,
      ),
    ]);
    lastRequests.abort();
    server.closeIdleConnections();
    await this.inFlight.close(drainMs);
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, 100).unref();
  }

  onApplicationShutdown(): void {
    this.upstreams.close();
  }
}

function closeWith(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('connection', 'close');
}
