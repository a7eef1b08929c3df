import { setTimeout as delay } from 'node:timers/promises';
import { Health, HealthCheckResponse_ServingStatus } from '@noema/contracts/grpc/health/v1/health';
import { createClient } from '@noema/grpc';
import { notHealthy } from './platform.errors.js';

/** Waits until the gRPC server says SERVING. Throws `unavailable` SERVICE_NOT_HEALTHY after the time. */
export async function waitUntilServing(name: string, address: string, timeoutMs: number): Promise<void> {
  const client = createClient(Health, { address, timeoutMs: 1_000 });
  try {
    await waitUntil(name, timeoutMs, async () => (await client.check({ service: '' })).status === HealthCheckResponse_ServingStatus.SERVING);
  } finally {
    client.close();
  }
}

/** Waits until the gateway says that one can sign in. Throws `unavailable` SERVICE_NOT_HEALTHY after the time. */
export async function waitUntilReady(address: string, timeoutMs: number): Promise<void> {
  await waitUntil('gateway', timeoutMs, async () => (await fetch(`http://${address}/readyz`)).ok);
}

async function waitUntil(name: string, timeoutMs: number, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > end) throw notHealthy(name, timeoutMs);
    await delay(50);
  }
}
