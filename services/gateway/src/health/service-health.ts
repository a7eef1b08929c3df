import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { Inject, Injectable } from '@nestjs/common';
import { createClient } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { Upstreams } from '../upstream/upstreams.js';

const TIMEOUT_MS = 1000;

/** Health of every configured service. */
@Injectable()
export class ServiceHealth {
  constructor(@Inject(Upstreams) private readonly upstreams: Upstreams) {}

  /** Returns whether each service serves, by name. */
  async check(): Promise<Record<string, boolean>> {
    return Object.fromEntries(
      await Promise.all(this.upstreams.names.map(async (name) => [name, await this.serves(name)] as const)),
    );
  }

  /** Throws `unavailable` WORKSPACE_AWAY if the workspace service, and so sign-in, does not work. */
  async mustSignIn(): Promise<void> {
    if (!(await this.serves('workspace')))
      throw new DomainError(
        'unavailable',
        'WORKSPACE_AWAY',
        'the workspace service does not serve, so no user can sign in',
      );
  }

  private async serves(name: string): Promise<boolean> {
    try {
      const { status } = await createClient(Health, {
        address: this.upstreams.connection(name),
        timeoutMs: TIMEOUT_MS,
      }).check({});
      return status === Serving.SERVING;
    } catch {
      return false;
    }
  }
}
