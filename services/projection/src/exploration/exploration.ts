import type { ArtifactRef, Fault, JobState } from '@noema/kernel';

/** How far a map can be trusted, each number in [0, 1], 1 best. */
export interface TrustNumbers {
  readonly k: number;
  readonly trustworthiness: number;
  readonly continuity: number;
  readonly knnOverlap: number;
  /**
   * Share of the `labelNeighbors` nearest samples in the map with the same label; `undefined` without labels.
   */
  readonly labelAgreementMap: number | undefined;
  readonly labelAgreementVectors: number | undefined;
  readonly labelNeighbors: number;
  /** Share of random triplets of which the map keeps who is nearer; 0.5 by chance. */
  readonly randomTripletAccuracy: number;
  /** Spearman's rank correlation of distances, −1 to 1. */
  readonly distanceCorrelation: number;
  /** Half the widths of the 95 % confidence intervals; 0 where nothing was left out. */
  readonly trustworthinessInterval: number;
  readonly continuityInterval: number;
  readonly randomTripletInterval: number;
  readonly distanceCorrelationInterval: number;
  /** Points whose neighbours were ranked among all. */
  readonly rankedPoints: number;
}

/** A cluster of the perception vectors. */
export interface Cluster {
  readonly index: number;
  readonly size: number;
  /** Mean place of its points in the map, [dimensions]. */
  readonly centre: readonly number[];
  /** `undefined` without loss. */
  readonly meanLoss: number | undefined;
  /** −1 without classes. */
  readonly majorityClass: number;
  /** `undefined` without classes. */
  readonly purity: number | undefined;
}

/** How the clusters were found; 0 for what their method does not have. */
export interface Clustering {
  readonly clusterCount: number;
  readonly starts: number;
  readonly minClusterSize: number;
  readonly minSamples: number;
  /** `undefined` for methods without centres. */
  readonly inertia: number | undefined;
  /** `undefined` below two clusters. */
  readonly silhouette: number | undefined;
  readonly silhouetteSamples: number;
}

/** Settings of a request for finding clusters and measuring trust; 0 for the default. */
export interface Measures {
  readonly minSamples: number;
  readonly clusterStarts: number;
  readonly trustNeighbors: number;
  readonly labelNeighbors: number;
}

export const USUAL_MEASURES: Measures = {
  minSamples: 0,
  clusterStarts: 0,
  trustNeighbors: 0,
  labelNeighbors: 0,
};
/** Neighbours that the numbers of trust and label agreement look at, unless a request says otherwise. */
const TRUST_NEIGHBORS = 15;
const LABEL_NEIGHBORS = 10;

/** Neighbours that measures look at, the usual included. */
export const neighborsMeasured = ({
  trustNeighbors,
  labelNeighbors,
}: Measures): Pick<Measures, 'trustNeighbors' | 'labelNeighbors'> => ({
  trustNeighbors: trustNeighbors > 0 ? trustNeighbors : TRUST_NEIGHBORS,
  labelNeighbors:
    labelNeighbors > 0
      ? labelNeighbors
      : Math.min(LABEL_NEIGHBORS, trustNeighbors > 0 ? trustNeighbors : LABEL_NEIGHBORS),
});

/** The epochs of a run in one perception space, whose maps follow each other. */
export interface Line {
  readonly runId: string;
  readonly perceptionSpaceId: string;
}

/** The class whose centre in perception space is nearest. */
export interface ClassNeighbor {
  readonly classIndex: number;
  readonly nearestClassIndex: number;
  readonly distance: number;
}

/** Samples of other data that were placed in a stored map; the numbers are 0 until they are. */
export interface PlacedSamples {
  readonly activationSetId: string;
  readonly datasetVersionId: string;
  /** Row of the first of them among the points. */
  readonly firstRow: number;
  readonly sampleCount: number;
  readonly k: number;
  readonly knnOverlap: number;
  readonly labelAgreementMap: number | undefined;
  readonly labelAgreementVectors: number | undefined;
  readonly labelNeighbors: number;
  readonly distanceRatio: number;
}

/** Contents of a finished map. */
export interface MapInfo {
  readonly seed: number;
  readonly trust: TrustNumbers;
  readonly clusters: readonly Cluster[];
  /** `undefined` in maps that were made before it was kept. */
  readonly clustering: Clustering | undefined;
  /** Points that belong to no cluster. */
  readonly noiseCount: number;
  readonly classNeighbors: readonly ClassNeighbor[];
  readonly classNames: readonly string[];
  /** Mean distance of a point to its place in `alignedTo`, as a share of the map's diameter. */
  readonly meanMovement: number;
  readonly points: ArtifactRef;
  readonly seconds: number;
}

/** A map of all samples of an activation set. */
export interface Exploration extends Omit<MapInfo, 'seed' | 'trust' | 'points'> {
  readonly id: string;
  readonly projectId: string;
  readonly neighborGraphId: string;
  readonly activationSetId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly perceptionSpaceId: string;
  /** Key of the algorithm. */
  readonly algorithm: string;
  /** Settings that were given; a worker of another version knows the others by their defaults. */
  readonly params: Readonly<Record<string, number | string>>;
  readonly dimensions: 2 | 3;
  readonly seed: number | undefined;
  /** Exploration that it starts from; `undefined` for none. */
  readonly alignedTo: string | undefined;
  /** True for a map that is made automatically after an epoch. */
  readonly automatic: boolean;
  /** 0 for the number of classes, or 10. */
  readonly clusterCount: number;
  /** Key of the way to find clusters. */
  readonly clusterMethod: string;
  /** Fewest points of a density cluster; 0 for the usual. */
  readonly minClusterSize: number;
  readonly measures: Measures;
  /**
   * Map in which other data were placed to make this one, and these data; `undefined` for a map of its set
   * alone.
   */
  readonly projectedOnto: string | undefined;
  readonly placed: PlacedSamples | undefined;
  /** `undefined` while it waits for the map of the epoch before. */
  readonly jobId: string | undefined;
  /** `queued` also while it waits for the map of the epoch before. */
  readonly state: JobState;
  readonly fault: Fault | undefined;
  readonly pointCount: number;
  readonly trust: TrustNumbers | undefined;
  readonly points: ArtifactRef | undefined;
  /** The layout so far; `undefined` unless it is being made. */
  readonly preview: ArtifactRef | undefined;
  readonly createTime: Date;
  readonly readyTime: Date | undefined;
}
