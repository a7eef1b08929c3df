import { isRetryable } from '@noema/kernel';
import { isDeviceLost, isOutage, isQuotaExceeded, isShardTimedOut, isWorkerLost } from './job.errors.js';
import type { JobKind } from './job-kind.js';

/** Why an attempt failed: a dependency was unavailable, the worker was lost, or the work itself threw. */
export type FailureClass = 'outage' | 'loss' | 'error';

/** Failed attempts of a shard since it last committed progress. */
export interface FailureCounts {
  readonly outages: number;
  readonly losses: number;
  readonly errors: number;
}

/** How each class is counted: its column in the shard's row, and its name in messages. */
export const FAILURE_CLASSES = {
  outage: { column: 'outages', label: 'outage' },
  loss: { column: 'losses', label: 'lost worker' },
  error: { column: 'errors', label: 'error' },
} as const satisfies Record<FailureClass, { readonly column: keyof FailureCounts; readonly label: string }>;

/** Maximum number of outages in a row. With a delay of 1 s that doubles, they cover two minutes. */
const MAX_OUTAGES = 8;

/**
 * Maximum number of lost workers in a row. Above the limit for errors, because machines fail more often than
 * work kills its worker.
 */
const MAX_LOSSES = 5;

const MAX_ERRORS = 3;

/** Returns the class of an error that ended an attempt. */
export function classifyFailure(error: unknown): FailureClass {
  if (isOutage(error)) return 'outage';
  return isWorkerLost(error) || isDeviceLost(error) ? 'loss' : 'error';
}

/** Returns how many failures of the class in a row end the job. */
export function maxFailures({ maxAttempts }: Pick<JobKind, 'maxAttempts'>, failure: FailureClass): number {
  switch (failure) {
    case 'outage':
      return Math.max(maxAttempts ?? 0, MAX_OUTAGES);
    case 'loss':
      return maxAttempts ?? MAX_LOSSES;
    case 'error':
      return maxAttempts ?? MAX_ERRORS;
  }
}

/** True when another attempt is left and may succeed. */
export const mayTryAgain = (error: unknown, count: number, limit: number): boolean =>
  isRetryable(error) && !isQuotaExceeded(error) && !isShardTimedOut(error) && count < limit;
