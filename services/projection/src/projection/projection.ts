import {
  keptNeighbors,
  type NeighborGraph,
  parseParameters,
  type PlacedPoints,
  type Points,
  projectionAlgorithms,
} from '@noema/manifold';
import { type Measures, neighborsMeasured, type PlacedSamples } from '../exploration/exploration.js';
import type { MapOptions } from '../map/map.js';

/** All that new vectors are placed by. */
export interface ProjectionInput {
  readonly vectors: Points;
  readonly neighbors: NeighborGraph;
  readonly fresh: Points;
  readonly algorithm: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly seed: number;
  readonly dimensions: 2 | 3;
  readonly measures: Measures;
  /**
   * The map [n, dimensions], the cluster and the class of each point [n], −1 for none, and the class of each
   * new sample [m] by the same numbers.
   */
  readonly coordinates: Float32Array;
  readonly assignment: Int32Array;
  readonly classes: Int32Array;
  readonly freshClasses: Int32Array;
  /** Worker threads; the places do not depend on it. */
  readonly threads: number | undefined;
}

/**
 * The places [m, dimensions] of new samples, the cluster of the nearest stored one of each [m], and the share
 * of stored neighbours that each keeps [m].
 */
export interface ProjectionResult {
  readonly coordinates: Float32Array;
  readonly assignment: Int32Array;
  readonly trustOfPoints: Float32Array;
  readonly numbers: Pick<
    PlacedSamples,
    'k' | 'knnOverlap' | 'labelAgreementMap' | 'labelAgreementVectors' | 'labelNeighbors' | 'distanceRatio'
  >;
}

/**
 * Places and measures; the same input gives the same places. Throws what libs/manifold throws, `cancelled`
 * among it.
 */
export async function projectPoints(
  input: ProjectionInput,
  { signal, onProgress }: Pick<MapOptions, 'signal' | 'onProgress'> = {},
): Promise<ProjectionResult> {
  const { vectors, fresh, coordinates, dimensions, threads, seed } = input;
  const algorithm = projectionAlgorithms.get(input.algorithm);
  const placed = await algorithm.place(
    { stored: vectors, map: coordinates, fresh },
    parseParameters(algorithm, input.params),
    {
      seed,
      ...(threads !== undefined && { threads }),
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress?.(done, total, 'parts', `placing by ${input.algorithm}`),
    },
  );
  onProgress?.(1, 2, 'steps', 'measuring trust');
  const { trustNeighbors, labelNeighbors } = neighborsMeasured(input.measures);
  const kept = keptNeighbors(coordinates, dimensions, placed, trustNeighbors);
  const compared = Math.min(labelNeighbors, kept.k, placed.k);
  const computeAgreement = (rows: Int32Array, k: number): number | undefined =>
    agreement(rows, { k, compared }, input);
  return {
    coordinates: placed.coordinates,
    trustOfPoints: kept.perPoint,
    assignment: Int32Array.from(
      { length: fresh.n },
      (_, i) => input.assignment[placed.neighbors[i * placed.k]!]!,
    ),
    numbers: {
      k: kept.k,
      knnOverlap: kept.mean,
      labelAgreementMap: computeAgreement(kept.mapNeighbors, kept.k),
      labelAgreementVectors: computeAgreement(placed.neighbors, placed.k),
      labelNeighbors: compared,
      distanceRatio: computeRatio(placed, input.neighbors),
    },
  };
}

/**
 * Share of the nearest `compared` of `rows` [m, k] with the class of the new sample, over the new samples
 * that have one; `undefined` when none has.
 */
function agreement(
  rows: Int32Array,
  { k, compared }: { readonly k: number; readonly compared: number },
  { classes, freshClasses }: ProjectionInput,
): number | undefined {
  let same = 0;
  let all = 0;
  freshClasses.forEach((own, i) => {
    if (own < 0) return;
    for (let m = 0; m < compared; m++) if (classes[rows[i * k + m]!] === own) same++;
    all += compared;
  });
  return all === 0 ? undefined : same / all;
}

function computeRatio(placed: PlacedPoints, { k, distances }: NeighborGraph): number {
  const nearest = (values: Float32Array, width: number): number =>
    Float32Array.from({ length: values.length / width }, (_, i) => values[i * width]!).sort()[
      Math.floor(values.length / width / 2)
    ]!;
  const own = nearest(distances, k);
  return own > 0 ? nearest(placed.distances, placed.k) / own : 0;
}
