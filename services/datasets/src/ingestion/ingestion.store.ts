import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import { readSampleShard, writeSampleShard, writeSampleTable } from '@noema/population';
import type { IngestionArtifacts } from '../dataset-version/dataset-version.ports.js';
import type { ShardSamples } from './ingestion.js';
import type { IngestionPart, IngestionStore } from './ingestion.ports.js';

/** Third part of the keys of everything that an ingestion stores. */
export const INGESTION_KIND = 'dataset-versions';
const PARQUET = 'application/vnd.apache.parquet';

/** The artifacts of ingestions in the artifact store. */
export class StoredIngestions implements IngestionStore, IngestionArtifacts {
  constructor(private readonly store: ArtifactStore) {}

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

  async getSamples(ref: ArtifactRef): Promise<ShardSamples> {
    return readSampleShard(await this.store.get(ref));
  }

  async putTable(
    part: IngestionPart,
    samples: ShardSamples,
    facts: { readonly classNames: readonly string[]; readonly shardSize: number },
  ): Promise<ArtifactRef> {
    return this.put(part, 'samples.parquet', await writeSampleTable(samples, facts), PARQUET);
  }

  async exists(ref: ArtifactRef): Promise<boolean> {
    return (await this.store.stat(ref.uri)) !== undefined;
  }

  async removeAll(teamId: string, projectId: string, ingestionId: string): Promise<void> {
    for await (const { uri } of this.store.list(`${teamId}/${projectId}/${INGESTION_KIND}/${ingestionId}/`))
      await this.store.delete(uri);
  }
}
