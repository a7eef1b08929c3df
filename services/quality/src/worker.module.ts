import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import type { QualityConfig } from './config.js';
import { sharedProviders } from './shared.providers.js';
import { TestJudgmentExecutor } from './test-judgment/test-judgment.executor.js';
import { TestJudgmentWorker } from './test-judgment/test-judgment.worker.js';

/** A worker that judges runs. */
export class WorkerModule {
  static register(host: Host<QualityConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host)],
      providers: [...sharedProviders, TestJudgmentExecutor, TestJudgmentWorker],
    };
  }
}
