import type { DynamicModule } from '@nestjs/common';
import { ArtifactSweep, type Host, HostModule } from '@noema/host';
import type { ProjectionConfig } from './config.js';
import { lookKind, mapKind } from './jobs/map.kinds.js';
import { parts } from './parts.js';
import { namedArtifacts } from './postgres/named.artifacts.js';
import { KIND } from './store/matrix.store.js';

/** A worker that makes maps, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ProjectionConfig>): DynamicModule {
    const { jobs, settled, lineage, maps, peers } = parts(host);
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { jobs, settled, kinds: [mapKind(maps()), lookKind(lineage, peers())] })],
      providers: [{ provide: ArtifactSweep, useFactory: () => new ArtifactSweep(host, { kinds: [KIND], named: namedArtifacts }) }],
    };
  }
}
