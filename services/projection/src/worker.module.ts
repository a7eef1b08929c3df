import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import type { ProjectionConfig } from './config.js';
import { lookJob, mapJob } from './jobs/map.job.js';
import { wire } from './adapters.js';
import { ownArtifacts } from './own-artifacts.js';

/** A worker that makes maps, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ProjectionConfig>): DynamicModule {
    const { jobs, settled, lineage, maps, peers } = wire(host);
    return {
      module: WorkerModule,
      imports: [
        HostModule.register(host, { jobs, settled, kinds: [mapJob(maps()), lookJob(lineage, peers())] }),
      ],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) }],
    };
  }
}
