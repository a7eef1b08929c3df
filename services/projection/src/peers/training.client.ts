import { Inject, Injectable } from '@nestjs/common';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ServiceClients } from '@noema/host';

/** Queries the training service for runs. */
@Injectable()
export class TrainingClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  /** Returns the seed of a run. Throws `not-found`. */
  async readSeed(teamId: string, runId: string): Promise<number> {
    const { run } = await this.clients.of(RunService, teamId).getRun({ runId });
    return run?.settings?.seed ?? 0;
  }
}
