import type { ArtifactRef, Fault } from '@noema/kernel';
import type { SplitMetrics } from './epoch/epoch.js';
import type { ModelFormat, ModelVersionOrigin, TensorSpec } from './model/model.js';
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
