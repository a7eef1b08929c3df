export interface PopulationQuery {
  readonly projectId: string;
  readonly runId: string;
  /** 0 for the last. */
  readonly epoch: number;
}
