import type { ArtifactRef, Fault, JobState } from '@noema/kernel';
import {
  type ClassNeighbor,
  type Cluster,
  type Clustering,
  type Exploration,
  type Measures,
  type PlacedSamples,
  type TrustNumbers,
  USUAL_MEASURES,
} from './exploration.js';

/** A row of the view exploration_view. */
export interface ExplorationRow {
  readonly id: string;
  readonly project_id: string;
  readonly neighbor_graph_id: string;
  readonly activation_set_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly dataset_version_id: string;
  readonly perception_space_id: string;
  readonly algorithm: string;
  readonly params: Record<string, number | string>;
  readonly dimensions: 2 | 3;
  readonly seed: number | null;
  readonly aligned_to: string | null;
  readonly automatic: boolean;
  readonly cluster_count: number;
  readonly cluster_method: string;
  readonly min_cluster_size: number;
  readonly measures: Partial<Measures>;
  readonly clustering: Clustering | null;
  readonly noise_count: number;
  readonly job_id: string | null;
  readonly state: JobState;
  readonly fault: Fault | null;
  readonly point_count: number;
  readonly trust: TrustNumbers | null;
  readonly clusters: Cluster[];
  readonly class_neighbors: ClassNeighbor[];
  readonly class_names: string[];
  readonly mean_movement: number;
  readonly points: ArtifactRef | null;
  readonly preview: ArtifactRef | null;
  readonly projected_onto: string | null;
  readonly placed: PlacedSamples | null;
  readonly seconds: number;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** Numbers that maps of earlier versions do not have. */
const UNMEASURED = {
  randomTripletAccuracy: 0,
  distanceCorrelation: 0,
  trustworthinessInterval: 0,
  continuityInterval: 0,
  randomTripletInterval: 0,
  distanceCorrelationInterval: 0,
  rankedPoints: 0,
  labelNeighbors: 0,
} as const;

/** Maps of earlier versions have 0 for what nothing could be compared for. */
function toTrust(trust: TrustNumbers, hasClasses: boolean): TrustNumbers {
  const { labelAgreementMap, labelAgreementVectors } = trust;
  return {
    ...UNMEASURED,
    ...trust,
    labelAgreementMap: hasClasses ? labelAgreementMap : undefined,
    labelAgreementVectors: hasClasses ? labelAgreementVectors : undefined,
  };
}

export const toExploration = (row: ExplorationRow): Exploration => ({
  id: row.id,
  projectId: row.project_id,
  neighborGraphId: row.neighbor_graph_id,
  activationSetId: row.activation_set_id,
  runId: row.run_id,
  epoch: row.epoch,
  datasetVersionId: row.dataset_version_id,
  perceptionSpaceId: row.perception_space_id,
  algorithm: row.algorithm,
  params: row.params,
  dimensions: row.dimensions,
  seed: row.seed ?? undefined,
  alignedTo: row.aligned_to ?? undefined,
  automatic: row.automatic,
  clusterCount: row.cluster_count,
  clusterMethod: row.cluster_method,
  minClusterSize: row.min_cluster_size,
  measures: { ...USUAL_MEASURES, ...row.measures },
  clustering: row.clustering ?? undefined,
  noiseCount: row.noise_count,
  projectedOnto: row.projected_onto ?? undefined,
  placed: row.placed ?? undefined,
  jobId: row.job_id ?? undefined,
  state: row.state,
  fault: row.fault ?? undefined,
  pointCount: row.point_count,
  trust: row.trust === null ? undefined : toTrust(row.trust, row.class_names.length > 0),
  clusters: row.clusters,
  classNeighbors: row.class_neighbors,
  classNames: row.class_names,
  meanMovement: row.mean_movement,
  points: row.points ?? undefined,
  preview: row.state === 'running' ? (row.preview ?? undefined) : undefined,
  seconds: row.seconds,
  createTime: row.created_at,
  readyTime: row.state === 'succeeded' ? (row.ended_at ?? undefined) : undefined,
});
