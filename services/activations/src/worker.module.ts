import type { DynamicModule } from '@nestjs/common';
import { requireDevice } from '@noema/engine';
import { type Host, HostModule } from '@noema/host';
import { ActivationSetEvents } from './activation-set/activation-set.events.js';
import { ActivationSetExecutor } from './activation-set/activation-set.executor.js';
import { ActivationSetWorker } from './activation-set/activation-set.worker.js';
import type { ActivationsConfig } from './config.js';
import { ModelResponder } from './engine/model.responder.js';
import { EpochResponder } from './responder/epoch.responder.js';
import { RecordedResponder } from './responder/recorded.responder.js';
import { sharedProviders } from './shared.providers.js';

/** A worker that takes responses, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ActivationsConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { requireDevice })],
      providers: [
        ...sharedProviders,
        ModelResponder,
        RecordedResponder,
        EpochResponder,
        ActivationSetEvents,
        ActivationSetExecutor,
        ActivationSetWorker,
      ],
    };
  }
}
