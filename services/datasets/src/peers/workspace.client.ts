import { Inject, Injectable } from '@nestjs/common';
import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { ServiceClients } from '@noema/host';

/** Calls the workspace service. */
@Injectable()
export class WorkspaceClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /**
   * Returns the values of secrets of a team by name; each opening is in the audit log. Throws `not-found`
   * SECRET_NOT_FOUND.
   */
  async openSecrets(
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
