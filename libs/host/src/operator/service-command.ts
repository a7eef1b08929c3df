import type { Host } from '../host.js';
import type { SweepParts } from '../artifact-sweep.js';

/** What a command of an operator works with. */
export interface OperatedService {
  readonly host: Host;
  /** What the service writes to the store; absent for one without artifacts. */
  readonly artifacts?: SweepParts | undefined;
}

/** What a command found. */
export interface Finding {
  /** Printed as JSON. */
  readonly result: object;
  /** False when it found what it was asked to look for: the process ends with 1. */
  readonly sound: boolean;
}

/** A command that every service's `operate.js` knows, to be run with the settings of the service. */
export interface ServiceCommand {
  readonly key: string;
  readonly doc: string;
  /** Options by name, each with a value; `required` ones must be given. */
  readonly options: Readonly<
    Record<string, { readonly value: string; readonly doc: string; readonly required?: boolean }>
  >;
  run(service: OperatedService, given: Readonly<Record<string, string | undefined>>): Promise<Finding>;
}
