import type { DynamicModule } from '@nestjs/common';
import { requireDevice } from '@noema/engine';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ExplanationsConfig } from './config.js';
import { analysisJob, sanityJob, selectionJob, similarityJob } from './jobs/explanation.job.js';
import { ownArtifacts } from './own-artifacts.js';

/** A worker that explains samples, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    const { explanations, areas, selections, randomizations } = wire(host).makers();
    return {
      module: WorkerModule,
      imports: [
        HostModule.register(host, {
          kinds: [
            analysisJob(explanations),
            similarityJob(areas),
            selectionJob(selections),
            sanityJob(randomizations),
          ],
        }),
      ],
      // A worker that was asked for a device and has none does not start.
      providers: [
        { provide: 'device', useFactory: () => requireDevice(host.config.engineBackend) },
        { provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) },
      ],
    };
  }
}
