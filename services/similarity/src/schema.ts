import { type JobResourceRow, toJobResource } from '@noema/jobs';
import type { ArtifactRef, JobResource, JobState } from '@noema/kernel';
import type { Generated } from 'kysely';
import type { NeighborMethod } from './neighbor-graph/neighbor-graph.js';
import type { MeasuredRecall } from './vector-index/vector-index.js';

/** The columns that the view of a resource takes from its job. */
export interface JobColumns extends Pick<JobResourceRow, 'id' | 'job_id' | 'state' | 'fault'> {
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export interface ActivationSetTable {
  id: string;
  team_id: string;
  project_id: string;
  run_id: string;
  epoch: number;
  dataset_version_id: string;
  perception_space_id: string;
  sample_count: number;
  dimensions: number;
  vectors: readonly ArtifactRef[];
  evaluation: ArtifactRef | null;
  removed: Generated<Uint8Array | null>;
  branch: number;
  branch_start: number;
}

/** A row of the view vector_index_view. */
export interface VectorIndexRow extends JobColumns {
  readonly project_id: string;
  readonly activation_set_id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
  readonly sample_count: number;
  readonly dimensions: number;
  readonly recall: number;
  readonly artifact: ArtifactRef | null;
  readonly recalls: readonly MeasuredRecall[];
  readonly left_out: Uint8Array | null;
  readonly compaction_job_id: string | null;
  readonly compaction_state: JobState | null;
}

/** A row of the view neighbor_graph_view. */
export interface NeighborGraphRow extends JobColumns {
  readonly project_id: string;
  readonly activation_set_id: string;
  readonly sample_count: number;
  readonly k: number;
  readonly method: NeighborMethod;
  readonly recall: number;
  readonly median_distance: number;
  readonly artifact: ArtifactRef | null;
}

/** The tables and views of the service, with the columns that statements name. */
export interface SimilaritySchema {
  activation_set: ActivationSetTable;
  vector_index: Pick<VectorIndexRow, 'id' | 'activation_set_id' | 'job_id' | 'recalls'>;
  vector_index_view: VectorIndexRow;
  neighbor_graph: Pick<NeighborGraphRow, 'activation_set_id' | 'job_id'>;
  neighbor_graph_view: NeighborGraphRow;
}

/** The columns of a job that was just queued. */
export const QUEUED = { state: 'queued', fault: null, ended_at: null } as const;

/** Returns the fields that a job determines; a resource is ready when its job has succeeded. */
export const toResource = (row: JobColumns): JobResource =>
  toJobResource({
    ...row,
    create_time: row.created_at,
    ready_time: row.state === 'succeeded' ? row.ended_at : null,
  });

export const toRef = (value: ArtifactRef | null): ArtifactRef | undefined => value ?? undefined;

/** The rows of a project, of one set when its id is not empty. */
export const whereSet = (projectId: string, setId: string): Readonly<Record<string, string>> => ({
  project_id: projectId,
  ...(setId !== '' && { 'activation_set_id::text': setId }),
});
