import { seededRandom } from '@noema/kernel';
import type { WeightedGraph } from '../joined-graph.js';
import { pcaMap } from '../pca-map.js';
import type { Points } from '../points.js';
import { startingCoordinates } from '../starting-coordinates.js';
import { components, extractPart } from './components.js';
import { laplacianEigenvectors } from './spectral.js';

/**
 * Start of a layout: the principal components, the Laplacian's eigenvectors of the graph, or random
 * positions.
 */
export const FIRST_PLACES = ['pca', 'spectral', 'random'] as const;
export type FirstPlaces = (typeof FIRST_PLACES)[number];

/**
 * Largest starting coordinate, and the noise that separates points with equal starting positions, as in
 * umap-learn.
 */
const EXTENT = 10;
const NOISE = 1e-4;

/** Returns the starting coordinates [n, dims] of a layout of the graph. */
export function firstPlaces(
  kind: FirstPlaces,
  cloud: Points,
  graph: WeightedGraph,
  dims: 2 | 3,
  seed: number,
): Float32Array {
  if (kind === 'pca') return startingCoordinates(cloud, dims, EXTENT, seed);
  const random = seededRandom(seed, 12);
  if (kind === 'random')
    return Float32Array.from({ length: cloud.n * dims }, () => (2 * random() - 1) * EXTENT);
  return spectralPlaces(cloud, graph, dims, seed).map((value) => value + 2 * (random() - 0.5) * NOISE);
}

/**
 * Returns eigenvectors scaled to a maximum of 10. Each connected component has separate eigenvectors: it is
 * centred at its principal coordinates, half as wide as the distance to the nearest other component (after
 * umap-learn's `multi_component_layout`).
 */
function spectralPlaces(cloud: Points, graph: WeightedGraph, dims: 2 | 3, seed: number): Float32Array {
  const parts = components(graph);
  const places = new Float32Array(cloud.n * dims);
  const centres = parts.length === 1 ? new Float64Array(dims) : computeCentres(cloud, parts, dims);
  parts.forEach((rows, part) => {
    const own = laplacianEigenvectors(extractPart(graph, rows), dims, seed);
    const most = own.reduce((least, value) => Math.max(least, Math.abs(value)), 0);
    const reach = parts.length === 1 ? EXTENT : computeReach(centres, part, dims);
    rows.forEach((row, at) => {
      for (let c = 0; c < dims; c++)
        places[row * dims + c] =
          centres[part * dims + c]! + (most > 0 ? (own[at * dims + c]! * reach) / most : 0);
    });
  });
  return places;
}

/** Returns the mean principal coordinates of the components, scaled to a maximum of 10. */
function computeCentres(cloud: Points, parts: readonly Int32Array[], dims: 2 | 3): Float64Array {
  const { coordinates } = pcaMap(cloud, dims);
  const most = coordinates.reduce((least, value) => Math.max(least, Math.abs(value)), 0);
  const centres = new Float64Array(parts.length * dims);
  parts.forEach((rows, part) => {
    for (const row of rows)
      for (let c = 0; c < dims; c++)
        centres[part * dims + c]! +=
          (coordinates[row * dims + c]! * (most > 0 ? EXTENT / most : 0)) / rows.length;
  });
  return centres;
}

function computeReach(centres: Float64Array, part: number, dims: number): number {
  let nearest = Infinity;
  for (let other = 0; other < centres.length / dims; other++) {
    let square = 0;
    for (let c = 0; c < dims; c++) square += (centres[other * dims + c]! - centres[part * dims + c]!) ** 2;
    if (square > 0) nearest = Math.min(nearest, square);
  }
  return nearest < Infinity ? Math.sqrt(nearest) / 2 : EXTENT;
}
