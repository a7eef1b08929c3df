import type { ServerResponse } from 'node:http';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { InFlight } from '../request/in-flight.js';
import { ServiceHealth } from './service-health.js';

/** Whether the process lives, and whether it can be sent requests. */
@Controller()
export class HealthController {
  constructor(
    @Inject(ServiceHealth) private readonly health: ServiceHealth,
    @Inject(InFlight) private readonly inFlight: InFlight,
  ) {}

  @Get('healthz')
  live(): { state: string } {
    return { state: 'live' };
  }

  /** 200 when somebody can sign in here; the body says for each service whether it serves. */
  @Get('readyz')
  async ready(
    @Res({ passthrough: true }) res: ServerResponse,
  ): Promise<{ state: string; services: Record<string, boolean> }> {
    const services = await this.health.check();
    const state = this.inFlight.draining.aborted
      ? 'draining'
      : services['workspace'] === true
        ? 'ready'
        : 'waiting';
    if (state !== 'ready') res.statusCode = 503;
    return { state, services };
  }
}
