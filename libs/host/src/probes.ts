import type { INestApplicationContext } from '@nestjs/common';
import { GrpcServer } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import type { Probe } from '@noema/observability';
import type { Host } from './host.js';
import type { ProcessProbes } from './monitoring.js';
import { WorkerLoop } from './worker-loop.js';

/**
 * A service is ready if it accepts calls and reaches database and bus; a worker if it reaches the database.
 * Liveness does not depend on another process.
 */
export function createProbes(host: Host, app: INestApplicationContext): ProcessProbes {
  const ready: Probe[] = [];
  const live: Probe[] = [];
  if (host.config.databaseUrl !== undefined)
    ready.push({ name: 'database', check: () => host.database().ping() });
  if (host.role === 'service') {
    const server = app.get(GrpcServer, { strict: false });
    ready.push({
      name: 'grpc',
      check: () => {
        if (!server.serving) throw notServing();
      },
    });
    if (host.config.databaseUrl !== undefined) ready.push({ name: 'bus', check: () => host.bus().ping() });
  } else {
    const loop = app.get(WorkerLoop, { strict: false });
    live.push({
      name: 'shards',
      check: () => {
        loop.mustMove();
      },
    });
  }
  return { ready, live };
}

const notServing = (): DomainError =>
  new DomainError('unavailable', 'NOT_SERVING', 'the gRPC server takes no calls');
