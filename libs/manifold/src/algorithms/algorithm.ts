import { DomainError } from '@noema/kernel';
import type { LayoutOptions } from '../layout.options.js';
import type { NeighborGraph } from '../neighbor-graph.js';
import type { PlacedPoints, PlacingInput, PlacingOptions } from '../placing/project-onto.js';
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

/** One of some words that an algorithm can be given. */
export interface AlgorithmChoice {
  readonly name: string;
  readonly description: string;
  readonly default: string;
  readonly choices: readonly string[];
}

/** The parameters of an algorithm in use, defaults filled in. */
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
  /** The map of the epoch before [n, dims]: the algorithm starts there. */
  readonly init?: Float32Array;
  /**
   * Where points of that map were, [n, dims] with NaN for points that were not in it: an algorithm that can
   * hold points softly holds them there.
   */
  readonly held?: Float32Array;
  readonly threads?: number;
  /** Intermediate maps are given to `onProgress` every so many steps; never when left out. */
  readonly snapshotEvery?: number;
  /**
   * Called after every step, now and then with the map so far [n, dims]; the algorithm does not wait for it.
   */
  readonly onProgress?: (done: number, total: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal;
}

/** What every layout that goes in steps takes over as it was given. */
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

/** A way to lay vectors out as a map [n, dims] float32. */
export interface ProjectionAlgorithm {
  readonly key: string;
  readonly parameters: readonly AlgorithmParameter[];
  readonly choices?: readonly AlgorithmChoice[];
  /**
   * Neighbours of each of n points that it makes use of with these parameters, should there be as many; 0 for
   * none.
   */
  neighborsNeeded(parameters: ParameterValues, n: number): number;
  project(input: AlgorithmInput, parameters: ParameterValues): Promise<Float32Array>;
  /** Places new vectors in a stored map that was made with these parameters, and which stays as it is. */
  place(input: PlacingInput, parameters: ParameterValues, options: PlacingOptions): Promise<PlacedPoints>;
}

/**
 * The algorithm's parameters, defaults filled in; throws `invalid` PARAMETER_UNKNOWN or
 * PARAMETER_OUT_OF_RANGE with name, value and what is allowed.
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
 * What the algorithm's parameters are when they are not given; a default never changes, since maps are stored
 * with what was given alone.
 */
export const defaultParameters = ({
  parameters,
  choices = [],
}: ProjectionAlgorithm): Readonly<Record<string, number | string>> =>
  Object.fromEntries([...parameters, ...choices].map(({ name, default: standard }) => [name, standard]));

/** What the value must be instead; `undefined` when it is allowed. */
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
