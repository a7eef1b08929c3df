import type { DynamicModule } from '@nestjs/common';
import type * as z from 'zod';
import type { SweepParts } from './service-artifacts.js';
import type { Host } from './host.js';
import type { HostConfig } from './settings.js';

/** Declaration of a service. Each service exports one. */
export interface ServiceDefinition<S extends z.ZodObject = z.ZodObject> {
  /** Name of the service and of its schema. Its database role is `noema_<name>`. */
  readonly name: string;
  readonly settings: S;
  /** Folders of `.sql` files, in the order in which they run. Empty for a service without a schema. */
  readonly migrations: readonly string[];
  /** Returns the module of the API. */
  readonly app: (host: Host<z.output<S> & HostConfig>) => DynamicModule;
  /** Returns the module of a worker. Only heavy services have one. */
  readonly worker?: (host: Host<z.output<S> & HostConfig>) => DynamicModule;
  /** Artifacts that the service writes. Not set for a service without artifacts. */
  readonly artifacts?: SweepParts;
}

/** Declares a service. The schema must contain the fragment `processSettings`. */
export function defineService<S extends z.ZodObject>(
  definition: ServiceDefinition<S> & (z.output<S> extends HostConfig ? unknown : never),
): ServiceDefinition<S> {
  return definition;
}
