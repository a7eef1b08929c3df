import type { ArtifactRef, Fault } from '@noema/kernel';
import type { ColumnType, Generated } from 'kysely';
import type { SplitMetrics } from './epoch/epoch.js';
import type { ModelFormat, ModelVersionOrigin, TensorSpec } from './model/model.js';
import type { EpochFacts, RecordingForm } from './recording/recording.js';
import type { RunSettings, RunState } from './run/run.js';

/** A row of the view model_status. */
export interface ModelRow {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly digest: string;
  /** bigint arrives as text. */
  readonly parameter_count: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly latest_version_id: string;
  readonly format: ModelFormat;
  readonly layers: readonly string[];
  readonly created_at: Date;
}

export interface ModelVersionRow {
  readonly id: string;
  readonly model_id: string;
  readonly project_id: string;
  readonly number: number;
  readonly origin: ModelVersionOrigin;
  readonly run_id: string | null;
  readonly epoch: number;
  readonly seed: number;
  readonly topology: ArtifactRef;
  readonly weights: ArtifactRef | null;
  readonly imported: ArtifactRef | null;
  readonly created_at: Date;
}

/** A row of the table epoch, or its JSON in the view run_status, where times are texts. */
export interface EpochRow {
  readonly run_id: string;
  readonly epoch: number;
  readonly splits: readonly SplitMetrics[];
  readonly weights: ArtifactRef;
  readonly optimizer_state: ArtifactRef | null;
  readonly evaluation: ArtifactRef;
  readonly model_version_id: string;
  readonly seconds: number;
  readonly samples_per_second: number;
  readonly ended_at: Date | string;
  readonly recorded_responses: ArtifactRef | null;
  readonly partial_reason: string;
  readonly graph_fault: Fault | null;
  readonly branch: number;
  readonly branch_start: number;
}

/** A row of the view run_status. */
export interface RunRow {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly dataset_version_id: string;
  readonly model_version_id: string;
  readonly settings: RunSettings;
  readonly job_id: string;
  readonly engine: string;
  readonly created_at: Date;
  readonly state: RunState;
  readonly fault: Fault | null;
  readonly ended_at: Date | null;
  readonly job_done: string;
  readonly job_total: string;
  readonly job_message: string;
  readonly epochs_done: number;
  readonly last_epoch: EpochRow | null;
}

interface RecordingTable {
  run_id: string;
  team_id: string;
  writers: number;
  layers: RecordingForm['layers'];
  output_dims: readonly number[];
}

export interface RecordingWriterTable {
  run_id: string;
  writer: number;
  team_id: string;
  sequence: Sequence<number | undefined>;
  epochs_ended: Generated<number>;
  ended: Generated<boolean>;
  branch: Generated<number>;
}

interface RecordedPartTable {
  run_id: string;
  writer: number;
  sequence: Sequence<number>;
  team_id: string;
  epoch: number;
  branch: number;
  rows: number;
  training_mode: boolean;
  content: ArtifactRef;
  kind: 'samples' | 'graph';
}

interface RecordedEpochEndTable {
  run_id: string;
  epoch: number;
  branch: number;
  writer: number;
  team_id: string;
  facts: EpochFacts;
}

interface RecordingBranchTable {
  run_id: string;
  branch: number;
  team_id: string;
  first_epoch: number;
  is_visible: Generated<boolean>;
}

/** bigint arrives as text. */
type Sequence<Inserted> = ColumnType<string, Inserted, number>;

/** The tables of the service, with the columns that statements name. */
export interface TrainingSchema {
  model: Pick<ModelRow, 'id' | 'project_id' | 'display_name' | 'format'>;
  model_version: ModelVersionRow & { readonly team_id: string };
  run: Pick<RunRow, 'id' | 'project_id' | 'model_version_id'>;
  recording: RecordingTable;
  recording_writer: RecordingWriterTable;
  recorded_part: RecordedPartTable;
  recorded_epoch_end: RecordedEpochEndTable;
  recording_branch: RecordingBranchTable;
}
