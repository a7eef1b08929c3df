import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ExplanationsConfig } from './config.js';
import { analysisJob, similarityJob } from './jobs/explanation.jobs.js';

/** A worker that explains samples. */
export class WorkerModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    const { explanations, areas } = wire(host).makers();
    return { module: WorkerModule, imports: [HostModule.register(host, { kinds: [analysisJob(explanations), similarityJob(areas)] })] };
  }
}
