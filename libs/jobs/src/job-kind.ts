import type { Json } from './job.js';

/** Input of a stage for one shard. `Previous` is the result of a shard of the previous stage. */
export interface ShardContext<P, Previous = Json> {
  readonly job: {
    readonly id: string;
    readonly teamId: string;
    readonly subjectId: string;
    readonly payload: P;
  };
  readonly stage: string;
  /** Index of the shard in its stage, 0…n−1. */
  readonly index: number;
  /** Number of the attempt, starting at 1. */
  readonly attempt: number;
  /** Results of the previous stage, in shard order. */
  readonly results: readonly Previous[];
  /**
   * Aborts when the job is cancelled, the lease is lost or the worker shuts down. Stop within one batch and
   * throw `signal.reason`.
   */
  readonly signal: AbortSignal;
  /** Reports the progress of this shard. Cheap, so call it after every batch. */
  progress(done: number, total: number, unit: string, message?: string): void;
  /**
   * Commits work before the end of the shard, for example one epoch, in a transaction of the team. Throws
   * `conflict` LEASE_LOST if the worker has lost the shard.
   */
  commit<T>(work: () => Promise<T>): Promise<T>;
}

export interface ShardOutcome<Result = Json> {
  readonly result: Result;
  /**
   * Runs in the transaction that marks the shard done, in the team's scope. May run again after a
   * serialization conflict.
   */
  readonly commit?: () => Promise<void>;
}

export interface Stage<P, Previous = Json, Result = Json> {
  readonly name: string;
  /**
   * Number of shards, computed once the previous stage is done. Default: 1; 0 skips the stage. The number of
   * the first stage comes from `JobStore.create`.
   */
  shards?(previous: { readonly payload: P; readonly results: readonly Previous[] }): number;
  run(context: ShardContext<P, Previous>): Promise<ShardOutcome<Result>>;
}

/** A kind of long work. Its stages run one after the other; the shards of a stage run concurrently. */
export interface JobKind<P = never> {
  /** Name of the kind, `<service>.<verb>`. */
  readonly kind: string;
  readonly stages: readonly Stage<P>[];
  /**
   * Number of failed attempts of one class without progress in between that ends the job. Default: 3 errors,
   * 5 lost workers and 8 outages; never fewer than 8 outages. An error that a retry cannot resolve fails the
   * job at once.
   */
  readonly maxAttempts?: number;
  /** Delay before the second attempt, doubled for each further one. Default: 1 s. */
  readonly retryDelayMs?: number;
}

/** A kind whose payload is its own affair. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyJobKind = JobKind<any>;
