import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import type { SimilarityConfig } from './config.js';
import { buildKind } from './jobs/build.kind.js';
import { parts } from './parts.js';
import { namedArtifacts } from './postgres/named.artifacts.js';
import { KIND } from './store/matrix.store.js';

/** A worker that builds indexes and neighbour graphs, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    const { jobs, builder } = parts(host);
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { jobs, kinds: [buildKind(builder())] })],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, { kinds: [KIND], named: namedArtifacts }) }],
    };
  }
}
