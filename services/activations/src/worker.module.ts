import type { DynamicModule } from '@nestjs/common';
import { requireDevice } from '@noema/engine';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ActivationsConfig } from './config.js';
import { activationSetJob } from './activation-set/activation-set.worker.js';
import { ownArtifacts } from './own-artifacts.js';

/** A worker that takes responses, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ActivationsConfig>): DynamicModule {
    const { activationSets, extraction } = wire(host);
    const shardsOf = async (teamId: string, setId: string): Promise<number> =>
      (await activationSets.shardsOf(teamId, setId)).length;
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { kinds: [activationSetJob(extraction(), shardsOf)] })],
      // A worker that was asked for a device and has none does not start.
      providers: [
        { provide: 'device', useFactory: () => requireDevice(host.config.engineBackend) },
        { provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) },
      ],
    };
  }
}
