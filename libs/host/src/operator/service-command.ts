import type { Host } from '../host.js';
import type { SweepParts } from '../service-artifacts.js';

/** Context of an operator command. */
export interface OperatedService {
  readonly host: Host;
  /** Artifacts that the service writes. Not set for a service without artifacts. */
  readonly artifacts?: SweepParts | undefined;
}

/** Result of a command. */
export interface Finding {
  /** Result to print as JSON. */
  readonly result: object;
  /** False for a negative finding; the process then exits with 1. */
  readonly sound: boolean;
}

/** A command of every service's `operate.js`, which runs with the settings of the service. */
export interface ServiceCommand {
  readonly key: string;
  readonly doc: string;
  /** Options by name. Each takes a value; `required` ones must be set. */
  readonly options: Readonly<
    Record<string, { readonly value: string; readonly doc: string; readonly required?: boolean }>
  >;
  run(service: OperatedService, given: Readonly<Record<string, string | undefined>>): Promise<Finding>;
}
