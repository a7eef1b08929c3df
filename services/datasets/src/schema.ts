import type { ArtifactRef, Fault, JobState } from '@noema/kernel';
import type { Generated } from 'kysely';
import type { DataArchive } from './data/data-archive.js';
import type { Wheel } from './environment/wheel.js';
import type { DatasetContent } from './dataset-version/dataset-version.js';
import type { ObjectSource } from './sample-object/sample-object.js';
import type { UploadManifest } from './upload/upload.js';

export interface IntegrationRow {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly module_path: string;
  readonly bundle: ArtifactRef | null;
  readonly wheels: readonly Wheel[];
  readonly data: DataArchive | null;
  readonly upload_id: string | null;
  readonly objects: ObjectSource | null;
  readonly digest: string;
  readonly hosts: readonly string[];
  readonly secrets: readonly string[];
  readonly created_at: Date;
}

/** A row of the view dataset_entry. */
export interface EntryRow {
  readonly id: string;
  readonly dataset_version_id: string;
  readonly project_id: string;
  readonly integration_id: string;
  readonly display_name: string;
  readonly job_id: string;
  readonly state: JobState;
  readonly fault: Fault | null;
  readonly shard_size: number;
  readonly content: DatasetContent | null;
  readonly content_digest: string | null;
  readonly samples: ArtifactRef | null;
  readonly created_at: Date;
  readonly ready_at: Date | null;
}

export interface ShardRow {
  readonly index: number;
  readonly first_row: number;
  readonly row_count: number;
  readonly inputs: ArtifactRef;
  readonly ground_truths: ArtifactRef | null;
  readonly visuals: ArtifactRef | null;
}

/** A row of the view slice_entry. */
export interface SliceRow {
  readonly id: string;
  readonly project_id: string;
  readonly dataset_version_id: string;
  readonly display_name: string;
  readonly description: string;
  readonly filter: string;
  readonly sample_count: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface UploadRow {
  readonly id: string;
  readonly project_id: string;
  readonly manifest: UploadManifest;
  readonly dataset_version_id: string | null;
  readonly created_at: Date;
}

interface OfTeam {
  readonly team_id: string;
}

interface IngestionTable extends OfTeam {
  readonly id: string;
  readonly project_id: string;
  readonly integration_id: string;
  readonly display_name: string;
  readonly job_id: string;
  readonly shard_size: number;
  readonly dataset_version_id: string | null;
  readonly created_at: Date;
}

interface DatasetVersionTable extends Omit<IngestionTable, 'dataset_version_id'> {
  readonly ingestion_id: string;
  readonly content: DatasetContent;
  readonly content_digest: string;
  readonly samples: ArtifactRef;
}

/** The tables and views of the service. */
export interface DatasetsSchema {
  integration: IntegrationRow & OfTeam;
  ingestion: IngestionTable;
  dataset_version: DatasetVersionTable;
  dataset_shard: ShardRow & OfTeam & { readonly dataset_version_id: string };
  dataset_entry: EntryRow;
  slice: SliceRow & OfTeam & { readonly bitmap: Uint8Array };
  slice_entry: SliceRow;
  upload: Omit<UploadRow, 'created_at'> & OfTeam & { readonly created_at: Generated<Date> };
  upload_chunk: OfTeam & {
    readonly upload_id: string;
    readonly index: number;
    readonly content: ArtifactRef;
  };
}
