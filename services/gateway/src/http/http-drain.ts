import type { Server } from 'node:http';
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

/**
 * Ends in the order in which no request fails: listen no more, break streams off, let requests finish, then
 * cut what is left.
 */
@Injectable()
export class HttpDrain implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
    @Inject(InFlight) private readonly inFlight: InFlight,
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(SETTINGS) private readonly config: Pick<GatewayConfig, 'drainMs'>,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.close();
    await this.inFlight.close(this.config.drainMs);
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
    }, 100).unref();
  }

  onApplicationShutdown(): void {
    this.upstreams.close();
  }
}
