import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import type { ProjectionConfig } from './config.js';
import type { MapThread } from './domain/exploration.ports.js';
import { lookJob, mapJob } from './jobs/map.job.js';
import { wire } from './adapters.js';
import { ownArtifacts } from './own-artifacts.js';

/** A worker that makes maps, and keeps the store clean. */
export class WorkerModule {
  /** `thread` makes the maps; by default a thread of its own. */
  static register(host: Host<ProjectionConfig>, thread?: MapThread): DynamicModule {
    const { jobs, settled, lineage, maps, peers } = wire(host, thread);
    return {
      module: WorkerModule,
      imports: [
        HostModule.register(host, { jobs, settled, kinds: [mapJob(maps()), lookJob(lineage, peers())] }),
      ],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) }],
    };
  }
}
