import type { Logger } from '../logger.js';

/** Source and destination of exported spans. */
export interface TraceExportOptions {
  /** Name of the service, in every span's resource. */
  readonly service: string;
  /** Role of this process: `service` or `worker`. */
  readonly role: string;
  /** URL of a collector; `/v1/traces` is added if it has no path. Not set: no export. */
  readonly endpoint: string | undefined;
  /** Share of the traces starting here that is exported, 0 to 1. */
  readonly ratio: number;
  readonly logger: Logger;
}
