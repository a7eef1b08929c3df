import { DomainError } from '@noema/kernel';
import type { LayoutOptions } from '../layout.options.js';
import type { NeighborGraph } from '../neighbor-graph.js';
import type { PlacedPoints, PlacingInput, PlacingOptions } from '../placing/project-onto.js';
import type { Points } from '../points.js';

/** A numeric parameter of an algorithm. */
export interface AlgorithmParameter {
  readonly name: string;
  readonly description: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

/** A parameter of an algorithm with a fixed list of values. */
export interface AlgorithmChoice {
  readonly name: string;
  readonly description: string;
  readonly default: string;
  readonly choices: readonly string[];
}

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

/** An algorithm that computes a map [n, dims] float32 from vectors. */
export interface ProjectionAlgorithm {
  readonly key: string;
  readonly parameters: readonly AlgorithmParameter[];
  readonly choices?: readonly AlgorithmChoice[];
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
export function parseParameters(
  algorithm: ProjectionAlgorithm,
  given: Readonly<Record<string, number | string>>,
): ParameterValues {
  const known = [...algorithm.parameters, ...(algorithm.choices ?? [])];
  for (const [name, value] of Object.entries(given)) {
    const parameter = known.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      throw new DomainError(
        'invalid',
        'PARAMETER_UNKNOWN',
        `${algorithm.key} has no parameter "${name}"; known: ` +
          `${known.map((candidate) => candidate.name).join(', ') || 'none'}`,
        { metadata: { parameter: name } },
      );
    }
    const must = 'choices' in parameter ? otherChoice(parameter, value) : otherNumber(parameter, value);
    if (must !== undefined) {
      throw new DomainError(
        'invalid',
        'PARAMETER_OUT_OF_RANGE',
        `${name} of ${algorithm.key} is ${typeof value === 'string' ? `"${value}"` : value}; it must be ` +
          `${must}`,
        { metadata: { parameter: name } },
      );
    }
  }
  return new ParameterValues({ ...defaultParameters(algorithm), ...given });
}

/**
 * Returns the default parameters of the algorithm. Defaults never change, because maps are stored with their
 * explicit parameters only.
 */
export const defaultParameters = ({
  parameters,
  choices = [],
}: ProjectionAlgorithm): Readonly<Record<string, number | string>> =>
  Object.fromEntries([...parameters, ...choices].map(({ name, default: standard }) => [name, standard]));

/** Returns the allowed values for an invalid value; `undefined` if the value is valid. */
const otherChoice = ({ choices }: AlgorithmChoice, value: number | string): string | undefined =>
  choices.includes(String(value)) ? undefined : `one of ${choices.join(', ')}`;

function otherNumber(
  { minimum, maximum, integer }: AlgorithmParameter,
  value: number | string,
): string | undefined {
  const isAllowed =
    typeof value === 'number' &&
    value >= minimum &&
    value <= maximum &&
    (!integer || Number.isInteger(value));
  return isAllowed ? undefined : `${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`;
}
