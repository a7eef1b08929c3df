import type { ArtifactRef, Page, PageQuery } from '@noema/kernel';
import type { Anchors, NeighborGraph, Points } from '@noema/manifold';
import type { Exploration, MapInfo, Measures, PlacedSamples } from './exploration.js';
import type { MapResult, MapInput } from './map.maker.js';
import type { GraphRecord } from './neighbor-graph.js';
import type { ProjectionResult, PlacesInput } from './places.maker.js';

/** The graphs that were announced to us. All methods act in the ambient transaction. */
export interface GraphRepository {
  save(graph: GraphRecord): Promise<void>;
  find(id: string): Promise<GraphRecord | undefined>;
  findOf(activationSetId: string): Promise<GraphRecord | undefined>;
}

export interface NewExploration {
  readonly id: string;
  readonly graph: GraphRecord;
  readonly algorithm: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly dimensions: 2 | 3;
  readonly seed: number | undefined;
  readonly alignedTo: string | undefined;
  readonly automatic: boolean;
  readonly clusterCount: number;
  readonly clusterMethod: string;
  readonly minClusterSize: number;
  readonly measures: Measures;
}

/** A map with other data in it, to be made: like the stored one, with more points. */
export interface NewProjection {
  readonly id: string;
  readonly onto: Exploration;
  readonly placed: PlacedSamples;
}

/** The epochs of a run in one perception space, whose maps follow each other. */
export interface Line {
  readonly runId: string;
  readonly perceptionSpaceId: string;
}

export interface ExplorationFilter {
  readonly projectId: string;
  readonly runId: string;
  readonly activationSetId: string;
  readonly epoch: number | undefined;
  /** Empty for the maps of their sets alone. */
  readonly projectedOnto: string;
}

export interface ExplorationRepository {
  insert(exploration: NewExploration): Promise<void>;
  insertProjection(teamId: string, projection: NewProjection): Promise<void>;
  /** Serialises who asks for a set's samples in a stored map, until the transaction ends. */
  lockProjection(onto: string, activationSetId: string): Promise<void>;
  /** The newest map of a set's samples in a stored map. */
  findProjection(onto: string, activationSetId: string): Promise<Exploration | undefined>;
  find(id: string): Promise<Exploration | undefined>;
  findByJob(jobId: string): Promise<Exploration | undefined>;
  /** The map that was made after an epoch without being asked for. */
  findAutomatic(line: Line, epoch: number): Promise<Exploration | undefined>;
  /** Serialises what decides about the order of a line's maps, until the transaction ends. */
  lockLine(line: Line): Promise<void>;
  begin(id: string, jobId: string, alignedTo: string | undefined): Promise<void>;
  /** Names the layout so far, unless the map is made already. */
  show(id: string, preview: ArtifactRef): Promise<void>;
  complete(id: string, facts: MapInfo, placed?: PlacedSamples): Promise<void>;
  remove(id: string): Promise<boolean>;
  page(filter: ExplorationFilter, query: PageQuery): Promise<Page<Exploration>>;
}

/** Announces what became visible, in the ambient transaction. */
export interface ExplorationEvents {
  explorationReady(exploration: Exploration): Promise<void>;
}

/** Queues work, in the ambient transaction. Returns the job's id. */
export interface MapQueue {
  make(teamId: string, explorationId: string): Promise<string>;
  /** Looks later whether a waiting map may begin. */
  look(teamId: string, explorationId: string, tries: number): Promise<void>;
  cancel(teamId: string, jobId: string): Promise<void>;
}

/**
 * What becomes of the activation set of an epoch: made or being made, given up, not asked for though the
 * epoch has others, or nothing known of the epoch.
 */
export type SetOutlook = 'coming' | 'failed' | 'skipped' | 'absent';

/** A set as the service that makes it knows it. */
export interface ReferenceSet {
  /** The set in whose basis its vectors are; empty for a set of its run's own data. */
  readonly referenceSetId: string;
  readonly datasetVersionId: string;
  readonly sampleCount: number;
  /** By shard, in the order of the rows; none before it is made. */
  readonly vectors: readonly ArtifactRef[];
}

/** Asks the other services. */
export interface Peers {
  setOutlook(teamId: string, line: Line & { readonly projectId: string }, epoch: number): Promise<SetOutlook>;
  seedOf(teamId: string, runId: string): Promise<number>;
  /** Throws `not-found`. */
  setOf(teamId: string, activationSetId: string): Promise<ReferenceSet>;
}

/** The number of rows and the ground truth of a shard; `undefined` for a shard without labels. */
export interface GroundTruthShard {
  readonly rowCount: number;
  readonly groundTruths: ArtifactRef | undefined;
}

/** The dataset versions of the datasets service. */
export interface Datasets {
  version(teamId: string, datasetVersionId: string): Promise<{ readonly classNames: readonly string[] }>;
  /** The shards in the order of their rows. */
  shards(teamId: string, datasetVersionId: string): Promise<readonly GroundTruthShard[]>;
  /** The sample table. */
  samples(teamId: string, datasetVersionId: string): Promise<ArtifactRef>;
}

/** Class of every sample: names in order and int32 [n], −1 for none. */
export interface Labels {
  readonly classNames: readonly string[];
  readonly classes: Int32Array;
}

export interface LabelReader {
  read(teamId: string, datasetVersionId: string, sampleCount: number): Promise<Labels>;
}

/** Finds the samples that two dataset versions share, by split and id. */
export interface SampleMatcher {
  /** Their rows in the version and, pair by pair, in the other one. */
  match(teamId: string, datasetVersionId: string, otherVersionId: string): Promise<Anchors>;
}

/**
 * The points of a map: coordinates [n, dimensions], cluster of each [n] (−1 for none), share of its
 * neighbours that the map keeps [n].
 */
export type MapPoints = Pick<MapResult, 'dimensions' | 'coordinates' | 'assignment' | 'trustOfPoints'>;

/** Reads and writes matrices of the artifact store; what is large lies in memory that threads share. */
export interface MatrixStore {
  /** Throws `data-loss` VECTORS_SHAPE when they are not `rows`. */
  vectors(refs: readonly ArtifactRef[], rows: number): Promise<Points>;
  neighbors(graph: GraphRecord): Promise<NeighborGraph>;
  /** Loss of every sample [n], NaN for none; `undefined` without an evaluation. */
  losses(graph: GraphRecord): Promise<Float32Array | undefined>;
  /** The points of a made map, and the class of each [n], −1 for none. */
  points(points: ArtifactRef): Promise<MapPoints & { readonly classes: Int32Array }>;
  /** Coordinates [n, dimensions] of a layout that is under way. */
  putPreview(graph: GraphRecord, explorationId: string, coordinates: Float32Array): Promise<ArtifactRef>;
  putPoints(
    graph: GraphRecord,
    explorationId: string,
    map: MapPoints,
    classes: Int32Array,
  ): Promise<ArtifactRef>;
}

export interface MapControl {
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
  /** Gets the layout so far every few seconds. */
  show?(coordinates: Float32Array): void;
}

/** Makes a map outside of the event loop. Throws `cancelled` within one epoch of the signal. */
export interface MapThread {
  make(input: MapInput, control: MapControl): Promise<MapResult>;
  /** Places new vectors in a made map. */
  place(input: PlacesInput, control: MapControl): Promise<ProjectionResult>;
}
