import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { TeamQuotas } from '@noema/jobs';
import { DomainError, type Port, deriveUuid } from '@noema/kernel';
import { ARROW_MEDIA_TYPE } from '@noema/population/files';
import { DatasetVersionEvents } from '../dataset-version/dataset-version.events.js';
import {
  countNumbers,
  type DatasetContent,
  type DatasetVersionId,
  type NewDatasetVersion,
} from '../dataset-version/dataset-version.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';
import { WorkspaceClient } from '../peers/workspace.client.js';
import { UploadRepository } from '../upload/upload.repository.js';
import { SourceRunner } from './source.runner.js';
import type { IngestionOrder, IngestionPlan, StoredShard } from './ingestion.js';
import type { IngestionRunner, OpenOrder, Progress } from './ingestion.ports.js';
import { IngestionStore } from './ingestion.store.js';

/** Maximum size of one shard in the memory of a worker. */
const MAX_SHARD_BYTES = 2 ** 29;
/** Maximum number of rows, and of bytes of tensors, in a shard whose size the request leaves open. */
const DEFAULT_ROWS = 2048;
const DEFAULT_BYTES = 2 ** 26;
/** Number of samples above which small ones have larger shards: the database of its table costs a shard 20 ms. */
const MANY_SAMPLES = 2 ** 19;
const SMALL_BYTES = 2 ** 10;
const LARGE_ROWS = 8192;
const numbered = (name: string, index: number, extension: string): string =>
  `${name}-${String(index).padStart(5, '0')}.${extension}`;

const defaultRows = (samples: number, rowBytes: number): number =>
  samples > MANY_SAMPLES && rowBytes <= SMALL_BYTES ? LARGE_ROWS : DEFAULT_ROWS;

/**
 * Turns an integration into a dataset version: plan, then shards concurrently, then all of it visible at
 * once.
 */
@Injectable()
export class IngestionExecutor {
  constructor(
    @Inject(SourceRunner) private readonly runner: IngestionRunner,
    @Inject(IngestionStore) private readonly store: Port<IngestionStore>,
    @Inject(DatasetVersionRepository) private readonly versions: Pick<DatasetVersionRepository, 'publish'>,
    @Inject(DatasetVersionEvents) private readonly events: Port<DatasetVersionEvents>,
    @Inject(TeamQuotas) private readonly quota: Pick<TeamQuotas, 'requireSamples'>,
    @Inject(WorkspaceClient) private readonly secrets: Port<WorkspaceClient>,
    @Inject(UploadRepository) private readonly uploads: Pick<UploadRepository, 'consume'>,
  ) {}

  /**
   * Reads the population and plans its shards. Throws `invalid` SHARD_TOO_LARGE when a shard would not fit
   * into memory, `exhausted` QUOTA_EXCEEDED when the team's quota has no room for the samples.
   */
  async plan(
    teamId: string,
    order: IngestionOrder,
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<IngestionPlan> {
    const plan = await this.runner.plan(this.opened(teamId, order), signal, progress);
    await this.quota.requireSamples(teamId, plan.sampleCount);
    const rowBytes = [...plan.inputs, ...plan.groundTruths].reduce(
      (sum, spec) => sum + 4 * countNumbers(spec),
      0,
    );
    const shardSize =
      order.shardSize === 0
        ? Math.min(defaultRows(plan.sampleCount, rowBytes), Math.max(1, Math.floor(DEFAULT_BYTES / rowBytes)))
        : order.shardSize;
    if (rowBytes * Math.min(shardSize, plan.sampleCount) > MAX_SHARD_BYTES) {
      const rows = Math.max(1, Math.floor(MAX_SHARD_BYTES / rowBytes));
      throw new DomainError(
        'invalid',
        'SHARD_TOO_LARGE',
        `a shard of ${shardSize} samples of ${rowBytes} bytes is larger than ${MAX_SHARD_BYTES} bytes; ` +
          `set shard_size to at most ${rows}, or leave it 0`,
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
    const part = { teamId, ...order };
    const shard = await this.runner.encode(
      this.opened(teamId, order),
      plan,
      { firstRow, rowCount },
      signal,
      progress,
    );
    const put = (name: string, bytes: Uint8Array | undefined) =>
      bytes === undefined
        ? Promise.resolve(null)
        : this.store.put(part, numbered(name, index, 'arrow'), bytes, ARROW_MEDIA_TYPE);
    return {
      index,
      firstRow,
      rowCount,
      digest: shard.digest,
      ...(index === 0 ? { plan } : {}),
      inputs: await this.store.put(part, numbered('inputs', index, 'arrow'), shard.inputs, ARROW_MEDIA_TYPE),
      groundTruths: await put('ground-truths', shard.groundTruths),
      visuals: await put('visuals', shard.visuals),
      samples: await this.store.putSamples(part, numbered('samples', index, 'parquet'), shard.samples),
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
    signal.throwIfAborted();
    // A plan of the previous release has no shard size; the order always had one.
    const {
      populationDigest,
      skipped,
      scores,
      objectBlocks: _,
      shardSize = order.shardSize,
      ...facts
    } = plan;
    const { samples, columns } = await this.store.putTable(
      { teamId, ...order },
      shards.map((shard) => shard.samples),
      { classNames: plan.classNames, shardSize },
      signal,
    );
    const { groupField } = facts;
    if (groupField !== undefined && !columns.some(({ name }) => name === groupField))
      throw new DomainError(
        'invalid',
        'GROUP_FIELD_UNKNOWN',
        `the integration groups samples by the metadata "${groupField}", which no sample has; known: ` +
          (columns.map(({ name }) => name).join(', ') || 'none'),
        { metadata: { field: groupField } },
      );
    const content: DatasetContent = {
      ...facts,
      metadataColumns: columns,
      ...(skipped === undefined ? {} : { skipped }),
      ...(scores === undefined ? {} : { scores: { ...scores, populationDigest } }),
    };
    const rows = skipped === undefined ? [] : [skipped.map(({ row, reason }) => [row, reason])];
    // Other code computes other scores of the same samples.
    const code = scores === undefined ? [] : [{ scores, code: order.digest }];
    const contentDigest = createHash('sha256')
      .update(
        JSON.stringify([facts, populationDigest, shardSize, shards.map((s) => s.digest), ...rows, ...code]),
      )
      .digest('hex');
    const version: NewDatasetVersion = {
      id: deriveUuid(order.projectId, contentDigest) as DatasetVersionId,
      ingestionId: order.ingestionId,
      content,
      contentDigest,
      shardSize,
      samples,
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
        if (await this.versions.publish(version)) await this.events.ready(version, order.projectId);
        if (order.uploadId !== null) await this.uploads.consume(order.uploadId, version.id);
      },
    };
  }

  /** Removes what a job that will never end well has stored. */
  async discard(teamId: string, order: IngestionOrder): Promise<void> {
    await this.store.removeAll(teamId, order.projectId, order.ingestionId);
  }

  private opened(teamId: string, order: IngestionOrder): OpenOrder {
    return {
      ...order,
      teamId,
      openSecrets: () =>
        this.secrets.openSecrets(teamId, order.secrets, `dataset_version/${order.ingestionId}`),
    };
  }

  private async requireArtifacts(order: IngestionOrder, shards: readonly StoredShard[]): Promise<void> {
    for (const ref of shards.flatMap((s) => [s.inputs, s.groundTruths, s.visuals, s.samples])) {
      if (ref === null || (await this.store.exists(ref))) continue;
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
