import type { Json } from './job.js';

/** What a stage knows while it works on one shard. */
export interface ShardContext<P> {
  readonly job: {
    readonly id: string;
    readonly teamId: string;
    readonly subjectId: string;
    readonly payload: P;
  };
  readonly stage: string;
  /** 0…n−1 within the stage. */
  readonly index: number;
  /** From 1. */
  readonly attempt: number;
  /** Results of the previous stage, in shard order. */
  readonly results: readonly Json[];
  /**
   * Aborted when the job is cancelled, the lease is lost or the worker shuts down; stop within one batch and
   * throw `signal.reason`.
   */
  readonly signal: AbortSignal;
  /** Tells how far this shard is; cheap, so call it after every batch. */
  progress(done: number, total: number, unit: string, message?: string): void;
  /**
   * Commits work before the end of the shard, e.g. one epoch, in a transaction of the team. Throws `conflict`
   * LEASE_LOST when the shard is not ours any more.
   */
  commit<T>(work: () => Promise<T>): Promise<T>;
}

export interface ShardOutcome {
  readonly result: Json;
  /**
   * Runs in the transaction that marks the shard done, in the team's scope; it may run again after a
   * conflict.
   */
  readonly commit?: () => Promise<void>;
}

export interface Stage<P> {
  readonly name: string;
  /**
   * Number of shards, once the previous stage is done; 1 when left out, 0 skips the stage. The first stage
   * gets its number from `JobStore.create`.
   */
  shards?(previous: { readonly payload: P; readonly results: readonly Json[] }): number;
  run(context: ShardContext<P>): Promise<ShardOutcome>;
}

/** A kind of long work: its stages run one after the other, the shards of a stage beside each other. */
export interface JobKind<P = never> {
  /** `<service>.<verb>`. */
  readonly kind: string;
  readonly stages: readonly Stage<P>[];
  /**
   * Failed attempts of one class since the shard last committed progress that end the job; when left out, 3
   * errors or 5 lost workers, and always at least 8 outages. An error that repeating cannot cure fails the
   * job at once.
   */
  readonly maxAttempts?: number;
  /** Delay before the second attempt, doubled for each further one; 1 s when left out. */
  readonly retryDelayMs?: number;
}

/** A kind whose payload is its own affair. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyJobKind = JobKind<any>;
