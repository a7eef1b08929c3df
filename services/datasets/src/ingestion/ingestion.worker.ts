import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { Job, JobKind, Json, ShardContext, ShardOutcome } from '@noema/jobs';
import { IngestionCleaner } from './ingestion.cleaner.js';
import { IngestionExecutor } from './ingestion.executor.js';
import type { IngestionOrder, IngestionPlan, StoredShard } from './ingestion.js';
import { INGEST } from './ingestion.queue.js';

type Payload = IngestionOrder & { readonly [key: string]: Json };
type Context = ShardContext<Payload>;

/** Orders of versions before know modules only, and skip no sample. */
const toOrder = (payload: Payload): IngestionOrder => ({
  ...{ bundle: null, wheels: [], data: null, uploadId: null, hosts: [], secrets: [], maxSkippedShare: 0 },
  ...payload,
});
const asJson = (value: object): Json => value as unknown as Json;

/** Plans of the version before have no shard size; it was always asked for. */
const toPlan = ({ shardSize }: Payload, results: readonly Json[]): IngestionPlan =>
  ({ shardSize, ...(results[0] as object) }) as IngestionPlan;

/** Does the jobs that create dataset versions: plan → encode, in shards → publish. */
@Injectable()
export class IngestionWorker extends JobWorker {
  readonly kind: JobKind<Payload> = {
    kind: INGEST,
    stages: [
      { name: 'plan', run: (context) => this.plan(context) },
      {
        name: 'encode',
        run: (context) => this.encode(context),
        shards: ({ payload, results }) => {
          const { sampleCount, shardSize } = toPlan(payload, results);
          return Math.ceil(sampleCount / shardSize);
        },
      },
      { name: 'publish', run: (context) => this.publish(context) },
    ],
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

  private async plan(context: Context): Promise<ShardOutcome> {
    const { job, signal } = context;
    const plan = await this.executor.plan(job.teamId, toOrder(job.payload), signal, (done) => {
      context.progress(done, 0, 'samples');
    });
    return { result: asJson(plan) };
  }

  private async encode(context: Context): Promise<ShardOutcome> {
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
    return { result: asJson(shard) };
  }

  private async publish({ job, results, signal }: Context): Promise<ShardOutcome> {
    const shards = results as unknown as readonly StoredShard[];
    const published = await this.executor.publish(job.teamId, toOrder(job.payload), shards, signal);
    return { result: { datasetVersionId: published.id }, commit: () => published.commit() };
  }
}
