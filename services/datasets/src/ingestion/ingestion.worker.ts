import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import { type Job, type JobKind, type ShardContext, type ShardOutcome, TypedStages } from '@noema/jobs';
import { IngestionCleaner } from './ingestion.cleaner.js';
import { IngestionExecutor } from './ingestion.executor.js';
import type { IngestionPlan, StoredShard } from './ingestion.js';
import { INGEST, type Payload, toOrder } from './ingestion.queue.js';

/** Plans of the version before have no shard size; it was always requested. */
type StoredPlan = Omit<IngestionPlan, 'shardSize'> & Partial<Pick<IngestionPlan, 'shardSize'>>;

const toPlan = ({ shardSize }: Payload, [plan]: readonly StoredPlan[]): IngestionPlan => ({
  shardSize,
  ...plan!,
});

/** Does the jobs that create dataset versions: plan → encode, in shards → publish. */
@Injectable()
export class IngestionWorker extends JobWorker {
  readonly kind: JobKind<Payload> = {
    kind: INGEST,
    stages: TypedStages.of<Payload, StoredPlan>({ name: 'plan', run: (context) => this.plan(context) })
      .followedBy<StoredShard>({
        name: 'encode',
        run: (context) => this.encode(context),
        shards: ({ payload, results }) => {
          const { sampleCount, shardSize } = toPlan(payload, results);
          return Math.ceil(sampleCount / shardSize);
        },
      })
      .followedBy({ name: 'publish', run: (context) => this.publish(context) }).list,
  };

  constructor(
    @Inject(IngestionExecutor) private readonly executor: IngestionExecutor,
    @Inject(IngestionCleaner) private readonly cleaner: IngestionCleaner,
  ) {
    super();
  }

  override settled(job: Job): Promise<void> {
    return this.cleaner.settled(job);
  }

  private async plan(context: ShardContext<Payload, never>): Promise<ShardOutcome<IngestionPlan>> {
    const { job, signal } = context;
    const plan = await this.executor.plan(job.teamId, toOrder(job.payload), signal, (done) => {
      context.progress(done, 0, 'samples');
    });
    return { result: plan };
  }

  private async encode(context: ShardContext<Payload, StoredPlan>): Promise<ShardOutcome<StoredShard>> {
    const { job, index, results, signal } = context;
    const shard = await this.executor.encode(
      job.teamId,
      toOrder(job.payload),
      toPlan(job.payload, results),
      index,
      signal,
      (done, total) => {
        context.progress(done, total, 'samples');
      },
    );
    return { result: shard };
  }

  private async publish({
    job,
    results,
    signal,
  }: ShardContext<Payload, StoredShard>): Promise<ShardOutcome<{ readonly datasetVersionId: string }>> {
    const published = await this.executor.publish(job.teamId, toOrder(job.payload), results, signal);
    return { result: { datasetVersionId: published.id }, commit: () => published.commit() };
  }
}
