import type { ArtifactRef } from '@noema/kernel';
import type { ExplorationRow } from './exploration/exploration-row.js';

export interface NeighborGraphTable {
  id: string;
  team_id: string;
  project_id: string;
  activation_set_id: string;
  run_id: string;
  epoch: number;
  dataset_version_id: string;
  perception_space_id: string;
  sample_count: number;
  k: number;
  artifact: ArtifactRef;
  vectors: readonly ArtifactRef[];
  evaluation: ArtifactRef | null;
  branch: number;
  branch_start: number;
}

/** The tables and views of the service, with the columns that statements name. */
export interface ProjectionSchema {
  neighbor_graph: NeighborGraphTable;
  exploration: Pick<ExplorationRow, 'id' | 'neighbor_graph_id' | 'job_id' | 'points' | 'preview'>;
  exploration_view: ExplorationRow;
}
