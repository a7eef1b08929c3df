import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { createClient } from '@noema/grpc';
import type { Upstreams } from './upstreams.js';

const TIMEOUT_MS = 1000;

/** Asks every configured service whether it serves. */
export class ServiceHealth {
  constructor(private readonly upstreams: Upstreams) {}

  /** True by name for those that serve. */
  async check(): Promise<Record<string, boolean>> {
    return Object.fromEntries(await Promise.all(this.upstreams.names.map(async (name) => [name, await this.serves(name)] as const)));
  }

  private async serves(name: string): Promise<boolean> {
    try {
      const { status } = await createClient(Health, { address: this.upstreams.connection(name), timeoutMs: TIMEOUT_MS }).check({});
      return status === Serving.SERVING;
    } catch {
      return false;
    }
  }
}
