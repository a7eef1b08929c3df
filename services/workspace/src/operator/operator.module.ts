import type { DynamicModule } from '@nestjs/common';
import { Outbox } from '@noema/events';
import { type Host, SETTINGS } from '@noema/host';
import { Database } from '@noema/postgres';
import type { OperatorConfig } from '../config.js';
import { sharedProviders } from '../shared.providers.js';

/** The services on the database alone, without a server or background work. The operator sets quotas. */
export class OperatorModule {
  static register(host: Host<OperatorConfig>): DynamicModule {
    return {
      module: OperatorModule,
      providers: [
        { provide: SETTINGS, useValue: { ...host.config, adminsSetQuotas: true } },
        { provide: Database, useFactory: () => host.database() },
        { provide: Outbox, useFactory: () => host.outbox() },
        ...sharedProviders,
      ],
    };
  }
}
