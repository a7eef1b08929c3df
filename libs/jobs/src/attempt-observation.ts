import { withSpan } from '@noema/observability';
import { isGivenBack, isInterruption, isLeaseLost } from './job.errors.js';
import { attemptsActive, attemptsBegun, attemptsEnded, attemptSeconds } from './job.metrics.js';
import type { ShardLease } from './shard-lease.js';

/** Outcome of a worker's attempt at a shard. */
export type AttemptOutcome = 'done' | 'failed' | 'given_back' | 'cancelled' | 'lost';

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly error?: unknown;
}

export interface ObservedAttempt {
  readonly service: string;
  readonly lease: ShardLease;
  /** Name of the stage. */
  readonly stage: string;
}

/** Records an attempt in the metrics, and in the trace of the request that created its job. */
export function observeAttempt({
  service,
  lease,
  stage,
}: ObservedAttempt): (work: () => Promise<AttemptEnd>) => Promise<void> {
  const labels = { service, kind: lease.kind, stage };
  const attributes = {
    'noema.job.id': lease.jobId,
    'noema.job.kind': lease.kind,
    'noema.job.stage': stage,
    'noema.shard.index': lease.index,
    'noema.shard.attempt': lease.attempt,
  };
  return (work) =>
    withSpan(
      `shard ${lease.kind}/${stage}`,
      { role: 'consumer', service, parent: lease.traceparent, attributes },
      async (span) => {
        const begunMs = performance.now();
        attemptsBegun.inc(labels);
        attemptsActive.inc(labels);
        try {
          const { outcome, error } = await work();
          span.set({ 'noema.shard.outcome': outcome });
          if (outcome === 'failed' || outcome === 'lost') span.fail(error);
          attemptsEnded.inc({ ...labels, outcome });
          attemptSeconds.observe({ ...labels, outcome }, (performance.now() - begunMs) / 1000);
        } finally {
          attemptsActive.dec(labels);
        }
      },
    );
}

/** Returns the outcome that an error stands for. */
export function toOutcome(error: unknown): AttemptOutcome {
  if (isLeaseLost(error)) return 'lost';
  if (!isInterruption(error)) return 'failed';
  return isGivenBack(error) ? 'given_back' : 'cancelled';
}
