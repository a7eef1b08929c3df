import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import type { SimilarityConfig } from './config.js';
import { buildJob } from './build/build.worker.js';
import { wire } from './adapters.js';
import { ownArtifacts } from './own-artifacts.js';

/** A worker that builds indexes and neighbour graphs, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    const { jobs, builder } = wire(host);
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { jobs, kinds: [buildJob(builder())] })],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, ownArtifacts) }],
    };
  }
}
