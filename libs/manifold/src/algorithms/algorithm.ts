import { DomainError } from '@noema/kernel';
import type { LayoutOptions } from '../layout.options.js';
import type { NeighborGraph } from '../neighbor-graph.js';
import type { Points } from '../points.js';

/** One number that an algorithm can be given. */
export interface AlgorithmParameter {
  readonly name: string;
  readonly description: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

export interface AlgorithmInput {
  readonly vectors: Points;
  readonly neighbors?: NeighborGraph;
  readonly dims: 2 | 3;
  readonly seed: number;
  /** The map of the epoch before [n, dims]: the algorithm starts there. */
  readonly init?: Float32Array;
  readonly threads?: number;
  /** Intermediate maps are given to `onProgress` every so many steps; never when left out. */
  readonly snapshotEvery?: number;
  /** Called after every step, now and then with the map so far [n, dims]; the algorithm does not wait for it. */
  readonly onProgress?: (done: number, total: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal;
}

/** What every layout that goes in steps takes over as it was given. */
export const layoutOptions = ({ dims, seed, init, threads, snapshotEvery, onProgress, signal }: AlgorithmInput): LayoutOptions => ({
  dims, seed,
  ...(init !== undefined && { init }), ...(threads !== undefined && { threads }), ...(snapshotEvery !== undefined && { snapshotEvery }),
  ...(onProgress !== undefined && { onStep: onProgress }), ...(signal !== undefined && { signal }),
});

/** A way to lay vectors out as a map [n, dims] float32. */
export interface ProjectionAlgorithm {
  readonly key: string;
  readonly parameters: readonly AlgorithmParameter[];
  /** Neighbours of each of n points that it makes use of with these parameters, should there be as many; 0 for none. */
  neighborsNeeded(parameters: ReadonlyMap<string, number>, n: number): number;
  project(input: AlgorithmInput, parameters: ReadonlyMap<string, number>): Promise<Float32Array>;
}

/** The algorithm's parameters, defaults filled in; throws `invalid` PARAMETER_UNKNOWN or PARAMETER_OUT_OF_RANGE with name, value and what is allowed. */
export function parseParameters(algorithm: ProjectionAlgorithm, given: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const known = new Map(algorithm.parameters.map((parameter) => [parameter.name, parameter]));
  for (const [name, value] of Object.entries(given)) {
    const parameter = known.get(name);
    if (parameter === undefined) {
      throw new DomainError('invalid', 'PARAMETER_UNKNOWN',
        `${algorithm.key} has no parameter "${name}"; known: ${[...known.keys()].join(', ') || 'none'}`, { metadata: { parameter: name } });
    }
    const { minimum, maximum, integer } = parameter;
    if (!(value >= minimum && value <= maximum) || (integer && !Number.isInteger(value))) {
      throw new DomainError('invalid', 'PARAMETER_OUT_OF_RANGE',
        `${name} of ${algorithm.key} is ${value}; it must be ${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`, { metadata: { parameter: name } });
    }
  }
  return new Map(algorithm.parameters.map(({ name, default: standard }) => [name, Object.hasOwn(given, name) ? given[name]! : standard]));
}
