import type { AnyJobKind, Job } from '@noema/jobs';

/** A provider that does the jobs of one kind; the host finds it, and a worker claims shards of its kind. */
export abstract class JobWorker {
  abstract readonly kind: AnyJobKind;

  /** Runs in the transaction that ends a job of this kind in a worker. */
  settled?(job: Job): Promise<void>;
}
