/** A run that has succeeded and waits for the vectors of its last epoch. */
export interface WaitingRun {
  readonly teamId: string;
  readonly runId: string;
  /** Whether it has waited for a day: it is searched without vectors. */
  readonly isLate: boolean;
}

/** Hours after which a run is searched without vectors that are still to come. */
export const MAX_WAIT_HOURS = 24;
