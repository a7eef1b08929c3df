import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ActivationsConfig } from './config.js';
import { ActivationSetService } from './domain/activation-set.service.js';
import { PerceptionSpaceService } from './domain/perception-space.service.js';
import { UnitComparisonService } from './domain/unit-comparison.service.js';
import { UnitService } from './domain/unit.service.js';
import { EpochCompletedConsumer } from './events/epoch-completed.consumer.js';
import { ActivationSetController } from './grpc/activation-set.controller.js';
import { PerceptionSpaceController } from './grpc/perception-space.controller.js';
import { UnitController } from './grpc/unit.controller.js';
import { KIND } from './jobs/activation-set.job.js';
import { namedArtifacts } from './postgres/named.artifacts.js';

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
