import type { ProcessState } from './supervised-process.js';

/** One child process, or one application in the supervisor's own process. */
export interface ProcessReport {
  readonly name: string;
  readonly pid: number;
  readonly state: ProcessState;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** `host:port`; empty for a worker. */
  readonly address: string;
  /** `host:port` that answers `/metrics`, `/livez` and `/readyz`; only in a cluster. */
  readonly metricsAddress?: string;
}

/** Content of `platform.json`: processes, addresses and data of the platform. */
export interface PlatformState {
  readonly version: string;
  readonly state: 'starting' | 'ready' | 'stopping';
  /** Process of the supervisor. */
  readonly pid: number;
  /** Where the gateway listens. */
  readonly url: string;
  /** Where the gateway serves gRPC, `host:port`, in plaintext. */
  readonly grpcAddress: string;
  readonly startTime: string;
  /** How it is run: everything on one machine's own means, or as in a cluster. */
  readonly setUp: 'standalone' | 'cluster';
  /** True when the code of users runs without a sandbox. */
  readonly trustedIntegrations: boolean;
  readonly postgres: { readonly port: number; readonly pid: number };
  /** Location of artifacts, as services get it; keys are not in it. */
  readonly storeUrl: string;
  /** Destination of events, as services get it. */
  readonly busUrl: string;
  /** Servers of a cluster in addition to PostgreSQL: `nats` and `s3`; none otherwise. */
  readonly servers: readonly ProcessReport[];
  readonly services: readonly ProcessReport[];
  readonly workers: readonly ProcessReport[];
  /** Directory of the logs, one JSON-lines file a process. */
  readonly logs: string;
}
