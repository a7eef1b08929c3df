import type { DynamicModule } from '@nestjs/common';
import type * as z from 'zod';
import type { SweepParts } from './artifact-sweep.js';
import type { Host } from './host.js';
import type { HostConfig } from './settings.js';

/** All that a process needs to know of a service; each service exports one. */
export interface ServiceDefinition<S extends z.ZodObject = z.ZodObject> {
  /** Name of the service, its schema and, with `noema_` before it, its database role. */
  readonly name: string;
  readonly settings: S;
  /** Folders of `.sql` files, in the order in which they run; empty for a service without a schema. */
  readonly migrations: readonly string[];
  /** The module of the API. */
  readonly app: (host: Host<z.output<S> & HostConfig>) => DynamicModule;
  /** The module of a worker; only heavy services have one. */
  readonly worker?: (host: Host<z.output<S> & HostConfig>) => DynamicModule;
  /** What it writes to the store; left out by services without artifacts. */
  readonly artifacts?: SweepParts;
}

/** Declares a service; the schema has to contain the fragment `processSettings`. */
export function defineService<S extends z.ZodObject>(
  definition: ServiceDefinition<S> & (z.output<S> extends HostConfig ? unknown : never),
): ServiceDefinition<S> {
  return definition;
}
