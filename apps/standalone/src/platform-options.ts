export interface PlatformOptions {
  readonly dataDir: string;
  /** Port of the gateway on 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /**
   * Port of the gateway's gRPC on 127.0.0.1; 0 for a free one; left out: the one after `port` when it is
   * free, else any.
   */
  readonly grpcPort?: number;
  /** True to give every service a process of its own. */
  readonly processes: boolean;
  /** Number of cores to use. Default: all cores of the machine. */
  readonly cores?: number;
  readonly logLevel?: string;
  /** True to run the code of users without a sandbox although there are several teams. */
  readonly trustIntegrations?: boolean;
  /**
   * Set to run it as a cluster does: NATS and S3 as servers, every service a process, migrations before they
   * start.
   */
  readonly cluster?: ClusterOptions;
}

export interface ClusterOptions {
  /** Worker processes of each heavy service. */
  readonly workers: number;
  /** Processes of each service behind the gateway. */
  readonly replicas: number;
  /** Names of the teams that are made at the first start. */
  readonly teams: readonly string[];
  /** NATS server to run instead of the one that `make servers` fetched. */
  readonly natsProgram?: string | undefined;
}

/** Returns the names of a number of teams: a, b, c. */
export const teamNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));
