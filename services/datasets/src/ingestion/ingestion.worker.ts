import type { JobKind, Json, ShardContext, ShardOutcome } from '@noema/jobs';
import type { IngestionOrder } from '../dataset-version/dataset-version.ports.js';
import type { IngestionPlan, StoredShard } from './ingestion.js';
import type { Ingestion } from './ingestion.executor.js';

export const INGEST = 'datasets.ingest';

type Payload = IngestionOrder & { readonly [key: string]: Json };
type Run = (context: ShardContext<Payload>) => Promise<ShardOutcome>;
/** Orders of versions before know modules only, and skip no sample. */
const orderOf = (payload: Payload): IngestionOrder => ({
  ...{ bundle: null, hosts: [], secrets: [], maxSkippedShare: 0 },
  ...payload,
});
const asJson = (value: object): Json => value as unknown as Json;

/** The job that makes a dataset version: plan → encode, in shards → publish. */
export function ingestionJob(ingestion: Ingestion): JobKind<Payload> {
  // Plans of the version before have no shard size; it was always asked for.
  const planOf = ({ shardSize }: Payload, results: readonly Json[]): IngestionPlan =>
    ({ shardSize, ...(results[0] as object) }) as IngestionPlan;
  const encode: Run = async (context) => {
    const { job, index, results, signal } = context;
    return {
      result: asJson(
        await ingestion.encode(
          job.teamId,
          orderOf(job.payload),
          planOf(job.payload, results),
          index,
          signal,
          (done, total) => {
            context.progress(done, total, 'samples');
          },
        ),
      ),
    };
  };

  return {
    kind: INGEST,
    stages: [
      {
        name: 'plan',
        run: async (context) => {
          const { job, signal } = context;
          return {
            result: asJson(
              await ingestion.plan(job.teamId, orderOf(job.payload), signal, (done) => {
                context.progress(done, 0, 'samples');
              }),
            ),
          };
        },
      },
      {
        name: 'encode',
        run: encode,
        shards: ({ payload, results }) => {
          const { sampleCount, shardSize } = planOf(payload, results);
          return Math.ceil(sampleCount / shardSize);
        },
      },
      {
        name: 'publish',
        run: async ({ job, results, signal }) => {
          const published = await ingestion.publish(
            job.teamId,
            orderOf(job.payload),
            results as unknown as readonly StoredShard[],
            signal,
          );
          return { result: { datasetVersionId: published.id }, commit: () => published.commit() };
        },
      },
    ],
  };
}
