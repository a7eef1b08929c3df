import {
  type ChoiceParameter,
  fillParameters,
  type MethodDescriptor,
  type NumberParameter,
} from '@noema/kernel';
import type { LayoutOptions } from '../layout.options.js';
import type { NeighborGraph } from '../neighbor-graph.js';
import type { PlacedPoints, PlacingInput, PlacingOptions } from '../placing/project-onto.js';
import type { Points } from '../points.js';

/** Parameters of an algorithm, with all defaults filled in. */
export class ParameterValues {
  constructor(readonly byName: Readonly<Record<string, number | string>>) {}

  number(name: string): number {
    return this.byName[name] as number;
  }

  choice(name: string): string {
    return this.byName[name] as string;
  }
}

export interface AlgorithmInput {
  readonly vectors: Points;
  readonly neighbors?: NeighborGraph;
  readonly dims: 2 | 3;
  readonly seed: number;
  /** Map of the previous epoch, [n, dims], in which the algorithm starts. */
  readonly init?: Float32Array;
  /**
   * Positions of points in that map, [n, dims], NaN for points that are not in it. Algorithms with soft
   * anchors keep these points near their positions.
   */
  readonly held?: Float32Array;
  readonly threads?: number;
  /** Number of steps between intermediate maps for `onProgress`. Default: no intermediate maps. */
  readonly snapshotEvery?: number;
  /**
   * Called after every step, sometimes with the intermediate map [n, dims]. The algorithm does not wait for
   * it.
   */
  readonly onProgress?: (done: number, total: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal;
}

/** Options that every iterative layout passes on unchanged. */
export const layoutOptions = ({
  dims,
  seed,
  init,
  threads,
  snapshotEvery,
  onProgress,
  signal,
}: AlgorithmInput): LayoutOptions => ({
  dims,
  seed,
  ...(init !== undefined && { init }),
  ...(threads !== undefined && { threads }),
  ...(snapshotEvery !== undefined && { snapshotEvery }),
  ...(onProgress !== undefined && { onStep: onProgress }),
  ...(signal !== undefined && { signal }),
});

/** Properties of a projection, which clients get with its description. */
// A type, because an interface has no index signature.
export type ProjectionFacts = {
  /** True when it is used where a request names no method. */
  readonly usedByDefault: boolean;
  /** False when the seed changes nothing. */
  readonly usesSeed: boolean;
  /** How it projects other samples into a stored map, one sentence. */
  readonly placing: string;
};

/** An algorithm that computes a map [n, dims] float32 from vectors, with its description. */
export interface ProjectionAlgorithm extends MethodDescriptor {
  readonly parameters: readonly (NumberParameter | ChoiceParameter)[];
  readonly facts: ProjectionFacts;
  /**
   * Number of neighbours of each of n points that the algorithm uses with these parameters; 0 for none. The
   * graph may have fewer.
   */
  neighborsNeeded(parameters: ParameterValues, n: number): number;
  project(input: AlgorithmInput, parameters: ParameterValues): Promise<Float32Array>;
  /**
   * Projects new vectors into a stored map that was computed with these parameters. The map does not change.
   */
  place(input: PlacingInput, parameters: ParameterValues, options: PlacingOptions): Promise<PlacedPoints>;
}

/**
 * Parses the algorithm's parameters and fills in defaults. Throws `invalid` PARAMETER_UNKNOWN or
 * PARAMETER_OUT_OF_RANGE with name, value and allowed values.
 */
export const parseParameters = (
  algorithm: Pick<ProjectionAlgorithm, 'key' | 'parameters'>,
  given: Readonly<Record<string, number | string>>,
): ParameterValues =>
  new ParameterValues(fillParameters(algorithm, given) as Readonly<Record<string, number | string>>);

/**
 * Returns the default parameters of the algorithm. Defaults never change, because maps are stored with their
 * explicit parameters only.
 */
export const defaultParameters = (
  algorithm: Pick<ProjectionAlgorithm, 'key' | 'parameters'>,
): Readonly<Record<string, number | string>> => parseParameters(algorithm, {}).byName;
