import { setTimeout as delay } from 'node:timers/promises';
import { Health, HealthCheckResponse_ServingStatus } from '@noema/contracts/grpc/health/v1/health';
import { createClient } from '@noema/grpc';
import { notHealthy } from './platform.errors.js';

/** How long one waits. */
export interface Patience {
  readonly timeoutMs: number;
  /** True when waiting on is of no use. */
  readonly inVain?: () => boolean;
}

/** Waits until the gRPC server says SERVING. Throws `unavailable` SERVICE_NOT_HEALTHY after the time. */
export async function waitUntilServing(name: string, address: string, patience: Patience): Promise<void> {
  const client = createClient(Health, { address, timeoutMs: 1_000 });
  try {
    await waitUntil(
      name,
      patience,
      async () => (await client.check({ service: '' })).status === HealthCheckResponse_ServingStatus.SERVING,
    );
  } finally {
    client.close();
  }
}

/**
 * Waits until the gateway says that one can sign in. Throws `unavailable` SERVICE_NOT_HEALTHY after the time.
 */
export async function waitUntilReady(address: string, patience: Patience): Promise<void> {
  await waitUntil('gateway', patience, async () => (await fetch(`http://${address}/readyz`)).ok);
}

/**
 * Waits for the condition; a failure of it counts as not yet. Throws `unavailable` SERVICE_NOT_HEALTHY after
 * the time.
 */
export async function waitUntil(
  name: string,
  { timeoutMs, inVain = () => false }: Patience,
  condition: () => Promise<boolean>,
): Promise<void> {
  const begun = performance.now();
  while (!(await condition().catch(() => false))) {
    if (inVain() || performance.now() - begun > timeoutMs) throw notHealthy(name, performance.now() - begun);
    await delay(50);
  }
}
