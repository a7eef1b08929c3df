import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ActivationsConfig } from './config.js';
import { ActivationSetService } from './activation-set/activation-set.service.js';
import { PerceptionSpaceService } from './perception-space/perception-space.service.js';
import { UnitComparisonService } from './unit-comparison/unit-comparison.service.js';
import { UnitService } from './unit/unit.service.js';
import { EpochCompletedConsumer } from './activation-set/epoch-completed.consumer.js';
import { ActivationSetController } from './activation-set/activation-set.controller.js';
import { PerceptionSpaceController } from './perception-space/perception-space.controller.js';
import { UnitController } from './unit/unit.controller.js';
import { KIND } from './activation-set/activation-set.worker.js';
import { namedArtifacts } from './named-artifacts.js';

/** The API of the activations service. */
export class AppModule {
  static register(host: Host<ActivationsConfig>): DynamicModule {
    const { jobs, spaces, activationSets, units, comparisons } = wire(host);
    return {
      module: AppModule,
      imports: [HostModule.register(host, { jobs, jobKinds: [KIND], artifacts: namedArtifacts })],
      providers: [
        { provide: ActivationSetService, useValue: activationSets },
        { provide: PerceptionSpaceService, useValue: spaces },
        { provide: UnitService, useValue: units },
        { provide: UnitComparisonService, useValue: comparisons },
        ActivationSetController,
        PerceptionSpaceController,
        UnitController,
        EpochCompletedConsumer,
      ],
    };
  }
}
