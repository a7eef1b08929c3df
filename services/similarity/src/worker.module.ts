import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { SimilarityConfig } from './config.js';
import { buildKind } from './jobs/build.kind.js';
import { parts } from './parts.js';

/** A worker that builds indexes and neighbour graphs. */
export class WorkerModule {
  static register(host: Host<SimilarityConfig>): DynamicModule {
    const { jobs, builder } = parts(host);
    return { module: WorkerModule, imports: [HostModule.register(host, { jobs, kinds: [buildKind(builder())] })] };
  }
}
