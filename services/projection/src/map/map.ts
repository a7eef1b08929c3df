import {
  align,
  anchoredPlaces,
  type Anchors,
  carriedOver,
  distanceCorrelation,
  labelAgreement,
  nearestClasses,
  nearestNeighbors,
  type NeighborGraph,
  parseParameters,
  type Points,
  projectionAlgorithms,
  randomTriplets,
  sampledSilhouette,
  trust,
} from '@noema/manifold';
import { clusterMethods } from '../clustering/cluster-methods.js';
import {
  type ClassNeighbor,
  type Cluster,
  type Clustering,
  type Measures,
  neighborsMeasured,
  type TrustNumbers,
} from '../exploration/exploration.js';
import { tooFewSamples } from './map.errors.js';

const DEFAULT_CLUSTERS = 10;
/** Below them nothing is nearer than anything else. */
const MIN_SAMPLES = 3;
/** Steps between two looks at a layout. */
const SHOW_EVERY = 10;

/** All that a map is made from. */
export interface MapInput {
  readonly vectors: Points;
  readonly neighbors: NeighborGraph;
  readonly algorithm: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly dimensions: 2 | 3;
  readonly seed: number;
  /**
   * The map that it starts from, [n, dimensions]; with anchors [m, dimensions] of other samples, of which
   * these are the same.
   */
  readonly init: Float32Array | undefined;
  readonly anchors: Anchors | undefined;
  /** 0 for the number of classes, or 10. */
  readonly clusterCount: number;
  /** Key of the way to find clusters, and the fewest points of a density cluster (0 for the usual). */
  readonly clusterMethod: string;
  readonly minClusterSize: number;
  readonly measures: Measures;
  /** [n], −1 for none. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** [n], NaN for none. */
  readonly losses: Float32Array | undefined;
  /** Worker threads; the map does not depend on it. */
  readonly threads: number | undefined;
}

/** A map and what is known of it. */
export interface MapResult {
  readonly dimensions: 2 | 3;
  /** [n, dimensions]. */
  readonly coordinates: Float32Array;
  /** Cluster of every point [n], −1 for none. */
  readonly assignment: Int32Array;
  /** Share of every point's neighbours that the map keeps [n]. */
  readonly trustOfPoints: Float32Array;
  readonly trust: TrustNumbers;
  readonly clusters: readonly Cluster[];
  readonly clustering: Clustering;
  readonly noiseCount: number;
  readonly classNeighbors: readonly ClassNeighbor[];
  readonly meanMovement: number;
}

/** The points of a map. */
export type MapPoints = Pick<MapResult, 'dimensions' | 'coordinates' | 'assignment' | 'trustOfPoints'>;

/** Stops the work of a map, and reports how far it is. */
export interface MapControl {
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
  /** Gets the layout so far every few seconds. */
  show?(coordinates: Float32Array): void;
}

export interface MapOptions {
  readonly signal?: AbortSignal | undefined;
  /** Gets the layout so far [n, dimensions] every few steps. */
  readonly onShow?: ((coordinates: Float32Array) => void) | undefined;
  readonly onProgress?: ((done: number, total: number, unit: string, message: string) => void) | undefined;
}

/**
 * Lays out, clusters and measures; the same input gives the same map. Throws `precondition` TOO_FEW_SAMPLES
 * below 3 samples, and what libs/manifold throws, `cancelled` among it.
 */
export async function computeMap(
  input: MapInput,
  { signal, onShow, onProgress }: MapOptions = {},
): Promise<MapResult> {
  const { vectors, neighbors, dimensions, init, anchors, classes, measures } = input;
  if (vectors.n < MIN_SAMPLES) throw tooFewSamples(vectors.n, MIN_SAMPLES);
  const begin =
    init && anchors
      ? carriedOver(neighbors, { reference: init, dims: dimensions, anchors, seed: input.seed })
      : init;
  const held =
    init && anchors ? anchoredPlaces(vectors.n, { reference: init, dims: dimensions, anchors }) : init;
  const algorithm = projectionAlgorithms.get(input.algorithm);
  const parameters = parseParameters(algorithm, input.params);
  const laidOut = await algorithm.project(
    {
      vectors,
      neighbors: await neighborsFor(algorithm.neighborsNeeded(parameters, vectors.n), input, {
        signal,
        onProgress,
      }),
      dims: dimensions,
      seed: input.seed,
      ...(begin && { init: begin }),
      ...(held && { held }),
      ...(input.threads !== undefined && { threads: input.threads }),
      ...(signal && { signal }),
      ...(onShow && { snapshotEvery: SHOW_EVERY }),
      onProgress: (done, total, shown) => {
        onProgress?.(done, total, 'steps', `${input.algorithm} layout`);
        if (shown !== undefined) onShow?.(shown);
      },
    },
    parameters,
  );
  const moved = init && align(laidOut, init, dimensions, anchors);
  const coordinates = moved?.coordinates ?? laidOut;
  onProgress?.(0, 2, 'steps', 'clustering');
  const { trustNeighbors, labelNeighbors } = neighborsMeasured(measures);
  // Trust and density clusters look at one graph; the stored one holds enough for the usual.
  const measured = await neighborsFor(Math.max(trustNeighbors, measures.minSamples - 1), input, {
    signal,
    onProgress,
  });
  const { assignment, sizes, settings } = await clusterMethods.get(input.clusterMethod).find({
    vectors,
    neighbors: measured,
    seed: input.seed,
    starts: measures.clusterStarts,
    minSize: input.minClusterSize,
    minSamples: measures.minSamples,
    signal,
    count: Math.min(
      vectors.n,
      input.clusterCount > 0
        ? input.clusterCount
        : input.classCount > 1
          ? input.classCount
          : DEFAULT_CLUSTERS,
    ),
  });
  onProgress?.(1, 2, 'steps', 'measuring trust');
  const report = await trust(vectors, measured, coordinates, {
    k: trustNeighbors,
    seed: input.seed,
    ...(input.threads !== undefined && { threads: input.threads }),
    ...(signal && { signal }),
  });
  const triplets = randomTriplets(vectors, coordinates, { seed: input.seed });
  const pairs = distanceCorrelation(vectors, coordinates, { seed: input.seed });
  const compared = Math.min(labelNeighbors, report.k);
  const computeAgreement = (graph: NeighborGraph): number | undefined =>
    labelAgreement(graph, classes, compared)?.mean;
  const parted = sampledSilhouette(vectors, assignment, { seed: input.seed });
  return {
    dimensions,
    coordinates,
    assignment,
    trustOfPoints: report.perPoint.overlap,
    trust: {
      k: report.k,
      trustworthiness: report.trustworthiness,
      continuity: report.continuity,
      knnOverlap: report.overlap,
      labelAgreementMap: computeAgreement(report.mapNeighbors),
      labelAgreementVectors: computeAgreement(measured),
      labelNeighbors: compared,
      randomTripletAccuracy: triplets.mean,
      distanceCorrelation: pairs.correlation,
      rankedPoints: report.queries.length,
      trustworthinessInterval: report.interval.trustworthiness,
      continuityInterval: report.interval.continuity,
      randomTripletInterval: triplets.halfWidth,
      distanceCorrelationInterval: (pairs.high - pairs.low) / 2,
    },
    clusters: sizes.map((size, index) =>
      toCluster(index, size, { coordinates, assignment, dimensions, classes, losses: input.losses }),
    ),
    clustering: {
      clusterCount: 0,
      starts: 0,
      minClusterSize: 0,
      minSamples: 0,
      inertia: undefined,
      ...settings,
      silhouette: parted?.silhouette,
      silhouetteSamples: parted?.sampleCount ?? 0,
    },
    noiseCount: assignment.reduce((count, cluster) => (cluster < 0 ? count + 1 : count), 0),
    classNeighbors: nearestClasses(vectors, classes).map((c) => ({
      classIndex: c.class,
      nearestClassIndex: c.nearest,
      distance: c.distance,
    })),
    meanMovement: moved === undefined ? 0 : moved.meanMovement / computeDiameter(coordinates, dimensions),
  };
}

/** The stored neighbours, or more of them where the layout makes use of more. */
async function neighborsFor(
  needed: number,
  { vectors, neighbors, seed, threads }: MapInput,
  { signal, onProgress }: MapOptions,
): Promise<NeighborGraph> {
  const k = Math.min(needed, vectors.n - 1);
  if (k <= neighbors.k) return neighbors;
  onProgress?.(0, 0, 'steps', `finding the ${k} nearest neighbors of each sample`);
  return (
    await nearestNeighbors(vectors, k, {
      seed,
      ...(threads !== undefined && { threads }),
      ...(signal && { signal }),
    })
  ).graph;
}

interface ClusterInfo {
  readonly coordinates: Float32Array;
  readonly assignment: Int32Array;
  readonly dimensions: 2 | 3;
  readonly classes: Int32Array;
  readonly losses: Float32Array | undefined;
}

function toCluster(
  index: number,
  size: number,
  { coordinates, assignment, dimensions, classes, losses }: ClusterInfo,
): Cluster {
  const centre = new Array<number>(dimensions).fill(0);
  const votes = new Map<number, number>();
  let loss = 0;
  let lost = 0;
  let labelled = 0;
  for (let i = 0; i < assignment.length; i++) {
    if (assignment[i] !== index) continue;
    for (let c = 0; c < dimensions; c++) centre[c]! += coordinates[i * dimensions + c]! / size;
    const own = losses?.[i];
    if (own !== undefined && Number.isFinite(own)) {
      loss += own;
      lost++;
    }
    if (classes[i]! < 0) continue;
    labelled++;
    votes.set(classes[i]!, (votes.get(classes[i]!) ?? 0) + 1);
  }
  const [majorityClass, most] = [...votes].reduce(
    (best, vote) => (vote[1] > best[1] || (vote[1] === best[1] && vote[0] < best[0]) ? vote : best),
    [-1, 0],
  );
  return {
    index,
    size,
    centre,
    meanLoss: lost === 0 ? undefined : loss / lost,
    majorityClass,
    purity: labelled === 0 ? undefined : most / labelled,
  };
}

/** Diagonal of the box around the map; 1 for a map that is one point. */
function computeDiameter(coordinates: Float32Array, dimensions: number): number {
  let square = 0;
  for (let c = 0; c < dimensions; c++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = c; i < coordinates.length; i += dimensions) {
      low = Math.min(low, coordinates[i]!);
      high = Math.max(high, coordinates[i]!);
    }
    square += (high - low) ** 2;
  }
  return square > 0 ? Math.sqrt(square) : 1;
}
