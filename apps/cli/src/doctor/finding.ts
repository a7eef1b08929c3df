/** How a check ended: as it should be, worth a look, broken, or without anything to look at. */
export type FindingState = 'ok' | 'warn' | 'fail' | 'skipped';

/** One thing that was looked at. Texts hold no secrets. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  /** Result of the check, with values. */
  readonly found: string;
  /** Advice; empty when there is nothing to do. */
  readonly advice: string;
}

/** Finding of a check without its name. */
export type Answer = Omit<Finding, 'check'>;

export const ok = (found: string): Answer => ({ state: 'ok', found, advice: '' });
export const skipped = (found: string): Answer => ({ state: 'skipped', found, advice: '' });
export const warn = (found: string, advice: string): Answer => ({ state: 'warn', found, advice });
export const fail = (found: string, advice: string): Answer => ({ state: 'fail', found, advice });

/** Checks one thing. An error that it throws counts as a failure. */
export interface Check {
  readonly name: string;
  /** Advice for a check that throws or does not end. */
  readonly advice: string;
  readonly look: (signal: AbortSignal) => Promise<Answer> | Answer;
  /** Longest time, in milliseconds; 15 s when left out: a machine may be busy with what it is for. */
  readonly timeoutMs?: number;
}
