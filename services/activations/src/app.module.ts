import type { DynamicModule } from '@nestjs/common';
import { toDevice, type Host, HostModule } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { ActivationSetController } from './activation-set/activation-set.controller.js';
import { ACTIVATION_SET, ActivationSetQueue } from './activation-set/activation-set.queue.js';
import { ActivationSetService } from './activation-set/activation-set.service.js';
import { EpochCompletedConsumer } from './activation-set/epoch-completed.consumer.js';
import type { ActivationsConfig } from './config.js';
import { TrainingClient } from './peers/training.client.js';
import { PerceptionSpaceController } from './perception-space/perception-space.controller.js';
import { sharedProviders } from './shared.providers.js';
import { MetadataStore } from './unit/metadata.store.js';
import { UnitController } from './unit/unit.controller.js';
import { UnitService } from './unit/unit.service.js';
import { UnitColumns } from './unit/unit-columns.js';
import { UnitProfiler } from './unit/unit-profiler.js';
import { UnitComparisonService } from './unit-comparison/unit-comparison.service.js';

/** The API of the activations service. */
export class AppModule {
  static register(host: Host<ActivationsConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database(), { device: toDevice(host.config.engineBackend) }),
          jobKinds: [ACTIVATION_SET],
        }),
      ],
      providers: [
        ...sharedProviders,
        TrainingClient,
        ActivationSetQueue,
        ActivationSetService,
        ActivationSetController,
        EpochCompletedConsumer,
        PerceptionSpaceController,
        MetadataStore,
        UnitColumns,
        UnitProfiler,
        UnitService,
        UnitComparisonService,
        UnitController,
      ],
    };
  }
}
