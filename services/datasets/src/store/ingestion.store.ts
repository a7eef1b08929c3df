import { type ArtifactStore, artifactKey, readTable, type TableColumn, writeTable } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import type { IngestionArtifacts } from '../domain/dataset-version.ports.js';
import type { MetadataType } from '../domain/dataset-version.js';
import type { ShardSamples } from '../domain/ingestion.js';
import type { IngestionPart, IngestionStore } from '../domain/ingestion.ports.js';

/** Third part of the keys of everything that an ingestion stores. */
export const INGESTION_KIND = 'dataset-versions';
const PARQUET = 'application/vnd.apache.parquet';
const METADATA = 'metadata.';
const CELL_TYPES = { number: 'float64', string: 'string', boolean: 'boolean' } as const;
const METADATA_TYPES: Readonly<Record<string, MetadataType>> = {
  float64: 'number',
  string: 'string',
  boolean: 'boolean',
};

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
    return this.put(part, name, await writeTable(columnsOf(samples)), PARQUET);
  }

  async getSamples(ref: ArtifactRef): Promise<ShardSamples> {
    const { columns } = await readTable(await this.store.get(ref));
    const values = (name: string) => columns.find((c) => c.name === name)!.values;
    const metadata = columns
      .filter((c) => c.name.startsWith(METADATA))
      .map((c) => {
        const cells = Array.from(c.values);
        return {
          name: c.name.slice(METADATA.length),
          values: cells,
          type: cells.some((cell) => cell !== null) ? METADATA_TYPES[c.type] : undefined,
        };
      });
    return {
      splits: Array.from(values('split'), String),
      sampleIds: Array.from(values('sample_id'), String),
      classIndexes: Array.from(values('class_index'), Number),
      metadata,
    };
  }

  async putTable(
    part: IngestionPart,
    samples: ShardSamples,
    { classNames, shardSize }: { readonly classNames: readonly string[]; readonly shardSize: number },
  ): Promise<ArtifactRef> {
    const rows = samples.sampleIds.map((_, row) => row);
    const [own, ...metadata] = [
      columnsOf({ ...samples, metadata: [] }),
      ...columnsOf(samples)
        .slice(3)
        .map((c) => [c]),
    ];
    const table: TableColumn[] = [
      { name: 'row', type: 'int32', values: rows },
      { name: 'shard', type: 'int32', values: rows.map((row) => Math.floor(row / shardSize)) },
      ...own,
      {
        name: 'class_name',
        type: 'string',
        values: samples.classIndexes.map((index) => classNames[index] ?? ''),
      },
      ...metadata.flat(),
    ];
    return this.put(part, 'samples.parquet', await writeTable(table), PARQUET);
  }

  async exists(ref: ArtifactRef): Promise<boolean> {
    return (await this.store.stat(ref.uri)) !== undefined;
  }

  async removeAll(teamId: string, projectId: string, ingestionId: string): Promise<void> {
    for await (const { uri } of this.store.list(`${teamId}/${projectId}/${INGESTION_KIND}/${ingestionId}/`))
      await this.store.delete(uri);
  }
}

const columnsOf = (samples: ShardSamples): TableColumn[] => [
  { name: 'split', type: 'string', values: samples.splits },
  { name: 'sample_id', type: 'string', values: samples.sampleIds },
  { name: 'class_index', type: 'int32', values: samples.classIndexes },
  ...samples.metadata.map(
    ({ name, type, values }): TableColumn => ({
      name: `${METADATA}${name}`,
      type: CELL_TYPES[type ?? 'string'],
      values,
    }),
  ),
];
