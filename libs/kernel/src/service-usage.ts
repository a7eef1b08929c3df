/** Duration of attempts at shards on one day (UTC, `2026-01-31`) on one device, in seconds. */
export interface ComputeTime {
  readonly day: string;
  readonly device: string;
  readonly seconds: number;
}

/** Usage by a team of one service, or of several together. */
export interface ServiceUsage {
  readonly samples: bigint;
  readonly storedBytes: bigint;
  readonly queuedJobs: number;
  readonly runningJobs: number;
  /** GPU time within 30 days, including running attempts. */
  readonly gpuSeconds: number;
  /** Compute time of the last 30 days. Days without any are left out. */
  readonly compute: readonly ComputeTime[];
}
