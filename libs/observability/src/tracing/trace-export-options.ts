import type { Logger } from '../logger.js';

/** Whose spans go where. */
export interface TraceExportOptions {
  /** Name of the service, in every span's resource. */
  readonly service: string;
  /** What of the service this process is: `service`, `worker`. */
  readonly role: string;
  /** URL of a collector; `/v1/traces` is added when it has no path. Nothing is exported without it. */
  readonly endpoint: string | undefined;
  /** Part of the traces beginning here that is exported, 0 to 1. */
  readonly ratio: number;
  readonly logger: Logger;
}
