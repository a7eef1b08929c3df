import { setTimeout as delay } from 'node:timers/promises';
import { Health, HealthCheckResponse_ServingStatus } from '@noema/contracts/grpc/health/v1/health';
import { createClient } from '@noema/grpc';
import { notHealthy } from './platform.errors.js';

/** Waits until the gRPC server says SERVING. Throws `unavailable` SERVICE_NOT_HEALTHY after the time. */
export async function waitUntilServing(name: string, address: string, timeoutMs: number): Promise<void> {
  const client = createClient(Health, { address, timeoutMs: 1_000 });
  const end = performance.now() + timeoutMs;
  try {
    for (;;) {
      const serving = await client.check({ service: '' }).then(({ status }) => status === HealthCheckResponse_ServingStatus.SERVING, () => false);
      if (serving) return;
      if (performance.now() > end) throw notHealthy(name, timeoutMs);
      await delay(50);
    }
  } finally {
    client.close();
  }
}
