export { countTooLarge } from './count-limits.js';
export {
  type AlgorithmInput,
  defaultParameters,
  ParameterValues,
  parseParameters,
  type ProjectionAlgorithm,
  type ProjectionFacts,
} from './algorithms/algorithm.js';
export { defaultProjection, projectionAlgorithms } from './algorithms/registry.js';
export { anchoredPlaces, carriedOver } from './carried-over.js';
export { chooseClusterCount, type ClusterCount, type ClusterCountOptions } from './cluster-count.js';
export { type ClusterTree } from './hdbscan/cluster-tree.js';
export { condensedTree } from './hdbscan/condensed-tree.js';
export { type DensityClusters, hdbscan, type HdbscanOptions } from './hdbscan/hdbscan.js';
export { DisjointSets } from './hdbscan/spanning-tree.js';
export { type Clusters, defaultStarts, kMeans, type KMeansOptions } from './k-means.js';
export { type LabelAgreement, labelAgreement } from './label-agreement.js';
export type { LayoutOptions } from './layout.options.js';
export { type NearestClass, nearestClasses } from './nearest-class.js';
export { exactRow, insertNeighbor, type SearchLimits, squareUpTo } from './neighbors/exact-row.js';
export { ExactSearch, type SearchTools, searchTools, widened } from './neighbors/exact-search.js';
export { checkNeighbors, exactNeighbors, type NeighborGraph, takeNearest } from './neighbor-graph.js';
export {
  type NeighborResult,
  nearestNeighbors,
  type NeighborOptions,
} from './neighbors/nearest-neighbors.js';
export { pacmap, type PacmapOptions } from './pacmap/pacmap.js';
export { pcaMap } from './pca-map.js';
export type { PlacedPoints, PlacingInput, PlacingOptions } from './placing/project-onto.js';
export { nearestStored } from './placing/nearest-stored.js';
export { keptNeighbors, type NearestSoFar } from './placing/nearest-so-far.js';
export {
  transform,
  type TransformOptions,
  transformPacmap,
  transformPca,
  transformTsne,
} from './placing/transform.js';
export { points, type Points, unitLength } from './points.js';
export type { PcaMap } from './randomised-pca.js';
export { align, type Alignment, type Anchors } from './procrustes.js';
export { sampledSilhouette, type SampledSilhouette, silhouette } from './silhouette.js';
export {
  distanceCorrelation,
  type DistanceCorrelation,
  type DistanceCorrelationOptions,
} from './trust/distance-correlation.js';
export { randomTriplets, type TripletAccuracy, type TripletOptions } from './trust/random-triplets.js';
export type { Estimate } from './trust/sample.js';
export { trust, type TrustOptions, type TrustReport } from './trust/trust.js';
export { tsne, type TsneOptions } from './tsne/tsne.js';
export type { Hold } from './umap/layout-task.js';
export { fitCurve, type SimilarityCurve } from './umap/curve.js';
export { type FuzzySet, fuzzySet } from './umap/fuzzy-set.js';
export { umap, type UmapOptions } from './umap/umap.js';
