import type { ArtifactRef, Fault, JobState } from '@noema/kernel';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ActivationLayer } from './activation-set/activation-set.js';
import type { LayerWeight } from './perception-space/perception-space.js';

type Stored<T> = JSONColumnType<T & object>;
type StoredMaybe<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface ActivationSetTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  dataset_version_id: string;
  model_version_id: string;
  perception_space_id: string;
  reference_set_id: ColumnType<string | null, string | null | undefined, never>;
  job_id: string;
  topology: StoredMaybe<ArtifactRef>;
  weights: StoredMaybe<ArtifactRef>;
  recorded: StoredMaybe<ArtifactRef>;
  evaluation: StoredMaybe<ArtifactRef>;
  followed: ColumnType<readonly string[], string | undefined, never>;
  branch: ColumnType<number, number | undefined, never>;
  branch_start: ColumnType<number, number | undefined, never>;
  sample_count: Generated<number>;
  shard_size: Generated<number>;
  layers: ColumnType<readonly ActivationLayer[], string | undefined, string>;
  dimensions: Generated<number>;
  explained_variance: Generated<number>;
  basis_method: Generated<'exact' | 'randomized'>;
  basis_residual: Generated<number>;
  moments: StoredMaybe<ArtifactRef>;
  basis: StoredMaybe<ArtifactRef>;
  unit_statistics: StoredMaybe<ArtifactRef>;
  engine: Generated<string>;
  create_time: Generated<Date>;
  ready_time: Date | null;
}

export interface ActivationShardTable {
  set_id: string;
  index: number;
  team_id: string;
  first_row: number;
  row_count: number;
  inputs: Stored<ArtifactRef>;
  responses: StoredMaybe<ArtifactRef>;
  moments: StoredMaybe<ArtifactRef>;
  vectors: StoredMaybe<ArtifactRef>;
}

export interface PerceptionSpaceTable {
  id: string;
  team_id: string;
  project_id: string;
  name: string;
  built_in: boolean;
  layer_weights: ColumnType<readonly LayerWeight[], string, string>;
  max_dimensions: number;
  create_time: Generated<Date>;
}

/** The tables and views of the service. */
export interface ActivationsSchema {
  activation_set: ActivationSetTable;
  activation_shard: ActivationShardTable;
  perception_space: PerceptionSpaceTable;
  activation_set_status: ActivationSetTable & { state: JobState; fault: Fault | null };
}
