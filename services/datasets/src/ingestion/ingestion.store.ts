import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import { type ColumnSummary, SampleJoin, writeSampleShard } from '@noema/population';
import type { IngestionPart, ShardSamples } from './ingestion.js';

/** Third part of the keys of everything that an ingestion stores. */
export const INGESTION_KIND = 'dataset-versions';
const PARQUET = 'application/vnd.apache.parquet';

/** Stores the artifacts of ingestions. */
@Injectable()
export class IngestionStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  put(part: IngestionPart, name: string, bytes: Uint8Array, mediaType: string): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({
        teamId: part.teamId,
        projectId: part.projectId,
        kind: INGESTION_KIND,
        id: part.ingestionId,
        part: name,
      }),
      bytes,
      mediaType,
    );
  }

  async putSamples(part: IngestionPart, name: string, samples: ShardSamples): Promise<ArtifactRef> {
    return this.put(part, name, await writeSampleShard(samples), PARQUET);
  }

  /**
   * Writes the table of all samples from the samples of the shards, with `row`, `shard`, `split`, `sample_id`,
   * `class_index`, `class_name` and `metadata.<name>`; returns it and what its metadata are like. Throws
   * `invalid` METADATA_TYPE_CHANGED, METADATA_EMPTY.
   */
  async putTable(
    part: IngestionPart,
    shards: readonly ArtifactRef[],
    facts: { readonly classNames: readonly string[]; readonly shardSize: number },
    signal: AbortSignal,
  ): Promise<{ readonly samples: ArtifactRef; readonly columns: readonly ColumnSummary[] }> {
    const join = await SampleJoin.open();
    try {
      for (const shard of shards) {
        signal.throwIfAborted();
        await join.add(await this.store.get(shard));
      }
      const { table, columns } = await join.finish(facts);
      return { columns, samples: await this.put(part, 'samples.parquet', table, PARQUET) };
    } finally {
      await join.close();
    }
  }

  async exists(ref: ArtifactRef): Promise<boolean> {
    return (await this.store.stat(ref.uri)) !== undefined;
  }

  /** Removes every artifact of an ingestion. */
  async removeAll(teamId: string, projectId: string, ingestionId: string): Promise<void> {
    for await (const { uri } of this.store.list(`${teamId}/${projectId}/${INGESTION_KIND}/${ingestionId}/`))
      await this.store.delete(uri);
  }
}
