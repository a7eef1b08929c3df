import type { ArtifactRef, Fault, JobState } from '@noema/kernel';
import type { DataArchive } from './data/data-archive.js';
import type { Wheel } from './environment/wheel.js';
import type { DatasetContent } from './dataset-version/dataset-version.js';
import type { ObjectSource } from './sample-object/sample-object.js';

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

/** The tables of the schema; queries are written as SQL with typed rows. */
export type DatasetsSchema = Record<string, never>;
