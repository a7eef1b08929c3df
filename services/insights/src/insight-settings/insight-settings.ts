/** Settings of the searches of a project. */
export interface InsightSettings {
  readonly projectId: string;
  /** Whether each run that succeeds is searched after its last epoch. */
  readonly searchAfterRuns: boolean;
}
