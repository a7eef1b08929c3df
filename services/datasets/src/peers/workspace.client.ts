import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import type { ServiceClients } from '@noema/host';
import type { Secrets } from '../integration/integration.ports.js';

/** Secrets of a team, asked of the workspace service. */
export class WorkspaceSecrets implements Secrets {
  constructor(private readonly clients: ServiceClients) {}

  async open(
    teamId: string,
    names: readonly string[],
    purpose: string,
  ): Promise<Readonly<Record<string, string>>> {
    const service = this.clients.of(SecretService, teamId);
    const values = await Promise.all(
      names.map(async (name) => [name, (await service.openSecret({ name, purpose })).value] as const),
    );
    return Object.fromEntries(values);
  }
}
