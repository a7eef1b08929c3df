import { createHash } from 'node:crypto';
import { DomainError, uuidOf } from '@noema/kernel';
import type { DatasetContent, DatasetVersionId } from '../dataset-version/dataset-version.js';
import type {
  DatasetEvents,
  DatasetRepository,
  IngestionOrder,
  NewDatasetVersion,
  SampleQuota,
} from '../dataset-version/dataset-version.ports.js';
import type { IngestionPlan, ShardSamples, StoredShard } from './ingestion.js';
import type {
  IngestionPart,
  IngestionRunner,
  IngestionStore,
  OpenOrder,
  Progress,
} from './ingestion.ports.js';
import type { Secrets } from '../integration/integration.ports.js';
import { joinSamples, summarize } from './metadata-summary.js';

/** What a worker may hold of one shard. */
const MAX_SHARD_BYTES = 2 ** 29;
/** Of a shard whose size nobody asked for: at most so many rows and bytes of tensors. */
const DEFAULT_ROWS = 2048;
const DEFAULT_BYTES = 2 ** 26;
const ARROW = 'application/vnd.apache.arrow.file';
const numbered = (name: string, index: number, extension: string): string =>
  `${name}-${String(index).padStart(5, '0')}.${extension}`;

/**
 * Turns an integration into a dataset version: plan, then shards beside each other, then all of it visible at
 * once.
 */
export class Ingestion {
  constructor(
    private readonly ports: {
      readonly runner: IngestionRunner;
      readonly store: IngestionStore;
      readonly repository: DatasetRepository;
      readonly events: DatasetEvents;
      readonly quota: SampleQuota;
      readonly secrets: Secrets;
    },
  ) {}

  /**
   * Looks at the population. Throws `invalid` SHARD_TOO_LARGE when a shard would not fit into memory,
   * `exhausted` QUOTA_EXCEEDED when the team may not have so many samples.
   */
  async plan(
    teamId: string,
    order: IngestionOrder,
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<IngestionPlan> {
    const plan = await this.ports.runner.plan(this.opened(teamId, order), signal, progress);
    await this.ports.quota.requireSamples(teamId, plan.sampleCount);
    const rowBytes = [...plan.inputs, ...plan.groundTruths].reduce(
      (sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b, 1),
      0,
    );
    const shardSize =
      order.shardSize === 0
        ? Math.min(DEFAULT_ROWS, Math.max(1, Math.floor(DEFAULT_BYTES / rowBytes)))
        : order.shardSize;
    if (rowBytes * Math.min(shardSize, plan.sampleCount) > MAX_SHARD_BYTES) {
      const rows = Math.max(1, Math.floor(MAX_SHARD_BYTES / rowBytes));
      throw new DomainError(
        'invalid',
        'SHARD_TOO_LARGE',
        `a shard of ${shardSize} samples of ${rowBytes} bytes is larger than ${MAX_SHARD_BYTES} bytes; ` +
          `set
          shard_size to at most ${rows}, or leave it 0`,
        { metadata: { shard_size: String(rows) } },
      );
    }
    return { ...plan, shardSize };
  }

  /** Encodes one shard and stores it. */
  async encode(
    teamId: string,
    order: IngestionOrder,
    plan: IngestionPlan,
    index: number,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<StoredShard> {
    const firstRow = index * plan.shardSize;
    const rowCount = Math.min(plan.shardSize, plan.sampleCount - firstRow);
    const part: IngestionPart = { teamId, ...order };
    const shard = await this.ports.runner.encode(
      this.opened(teamId, order),
      plan,
      { firstRow, rowCount },
      signal,
      progress,
    );
    const put = (name: string, bytes: Uint8Array | undefined) =>
      bytes === undefined
        ? Promise.resolve(null)
        : this.ports.store.put(part, numbered(name, index, 'arrow'), bytes, ARROW);
    return {
      index,
      firstRow,
      rowCount,
      digest: shard.digest,
      ...(index === 0 ? { plan } : {}),
      inputs: await this.ports.store.put(part, numbered('inputs', index, 'arrow'), shard.inputs, ARROW),
      groundTruths: await put('ground-truths', shard.groundTruths),
      visuals: await put('visuals', shard.visuals),
      samples: await this.ports.store.putSamples(part, numbered('samples', index, 'parquet'), shard.samples),
    };
  }

  /**
   * Writes the table of all samples; what is returned makes the version visible, in the transaction that ends
   * the job.
   */
  async publish(
    teamId: string,
    order: IngestionOrder,
    shards: readonly StoredShard[],
    signal: AbortSignal,
  ): Promise<{ readonly id: DatasetVersionId; commit(): Promise<void> }> {
    const plan = shards[0]?.plan;
    if (plan === undefined)
      throw new DomainError(
        'internal',
        'PLAN_MISSING',
        `the first shard of ingestion ${order.ingestionId} carries no plan`,
      );
    await this.requireArtifacts(order, shards);
    const parts: ShardSamples[] = [];
    for (const shard of shards) {
      signal.throwIfAborted();
      parts.push(await this.ports.store.getSamples(shard.samples));
    }
    const samples = joinSamples(parts);
    // A plan of the version before has no shard size; it was always asked for.
    const { populationDigest, skipped, shardSize = order.shardSize, ...facts } = plan;
    const content: DatasetContent = {
      ...facts,
      metadataColumns: samples.metadata.map(summarize),
      ...(skipped === undefined ? {} : { skipped }),
    };
    const rows = skipped === undefined ? [] : [skipped.map(({ row, reason }) => [row, reason])];
    const contentDigest = createHash('sha256')
      .update(JSON.stringify([facts, populationDigest, shardSize, shards.map((s) => s.digest), ...rows]))
      .digest('hex');
    const version: NewDatasetVersion = {
      id: uuidOf(order.projectId, contentDigest) as DatasetVersionId,
      ingestionId: order.ingestionId,
      content,
      contentDigest,
      shardSize,
      samples: await this.ports.store.putTable({ teamId, ...order }, samples, {
        classNames: plan.classNames,
        shardSize,
      }),
      shards: shards.map((s) => ({
        index: s.index,
        firstRow: s.firstRow,
        rowCount: s.rowCount,
        inputs: s.inputs,
        groundTruths: s.groundTruths ?? undefined,
        visuals: s.visuals ?? undefined,
      })),
    };
    return {
      id: version.id,
      commit: async () => {
        if (await this.ports.repository.publish(version))
          await this.ports.events.ready({ ...version, projectId: order.projectId });
      },
    };
  }

  /** Removes what a job that will never end well has stored. */
  async discard(teamId: string, order: IngestionOrder): Promise<void> {
    await this.ports.store.removeAll(teamId, order.projectId, order.ingestionId);
  }

  private opened(teamId: string, order: IngestionOrder): OpenOrder {
    return {
      ...order,
      openSecrets: () =>
        this.ports.secrets.open(teamId, order.secrets, `dataset_version/${order.ingestionId}`),
    };
  }

  private async requireArtifacts(order: IngestionOrder, shards: readonly StoredShard[]): Promise<void> {
    for (const ref of shards.flatMap((s) => [s.inputs, s.groundTruths, s.visuals, s.samples])) {
      if (ref === null || (await this.ports.store.exists(ref))) continue;
      throw new DomainError(
        'precondition',
        'INGESTION_INCOMPLETE',
        `the shards of ingestion ${order.ingestionId} were removed after it failed; create the dataset ` +
          'version again',
        { metadata: { uri: ref.uri } },
      );
    }
  }
}
