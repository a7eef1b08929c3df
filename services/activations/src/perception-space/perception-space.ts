import { deriveUuid } from '@noema/kernel';
import type { PerceptionSpace as LayerChoice } from '@noema/perception';
import { perceptionSpaceInvalid } from './perception-space.errors.js';

/** How much a layer counts; 0 leaves it out. */
export interface LayerWeight {
  readonly layer: string;
  readonly weight: number;
}

/** A named choice of layers and weights of a project. */
export interface PerceptionSpace {
  readonly id: string;
  readonly projectId: string;
  /** `all`, `appearance`, `concept`, `layer/<name>`, or a custom one. */
  readonly name: string;
  readonly builtIn: boolean;
  /** Only of a custom space. */
  readonly layerWeights: readonly LayerWeight[];
  readonly maxDimensions: number;
  readonly createTime: Date;
}

export type NewPerceptionSpace = Omit<PerceptionSpace, 'createTime'>;

const DEFAULT_DIMENSIONS = 64;
const MAX_DIMENSIONS = 512;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;

export const BUILT_IN_SPACES: readonly string[] = ['all', 'appearance', 'concept'];

/** A space that every project has, or that a layer brings along: `layer/<name>`. */
export const builtInSpace = (projectId: string, name: string): NewPerceptionSpace => ({
  id: deriveUuid('perception-space', projectId, name),
  projectId,
  name,
  builtIn: true,
  layerWeights: [],
  maxDimensions: DEFAULT_DIMENSIONS,
});

/**
 * A custom space; throws `invalid` PERCEPTION_SPACE_INVALID that names the field, its value and what is
 * allowed.
 */
export function customSpace(space: {
  id: string;
  projectId: string;
  name: string;
  layerWeights: readonly LayerWeight[];
  maxDimensions: number;
}): NewPerceptionSpace {
  const { name, layerWeights, maxDimensions } = space;
  if (!NAME.test(name))
    throw perceptionSpaceInvalid(
      'name',
      `"${name}" is no name; use 1 to 100 letters, digits, spaces, dots, hyphens and underscores`,
    );
  if (!Number.isInteger(maxDimensions) || maxDimensions < 0 || maxDimensions > MAX_DIMENSIONS) {
    throw perceptionSpaceInvalid(
      'max_dimensions',
      `${maxDimensions} is not from 1 to ${MAX_DIMENSIONS}, or 0 for ${DEFAULT_DIMENSIONS}`,
    );
  }
  const seen = new Set<string>();
  for (const { layer, weight } of layerWeights) {
    if (layer === '' || seen.has(layer))
      throw perceptionSpaceInvalid(
        'layer_weights',
        `layer "${layer}" is ${layer === '' ? 'no name' : 'named twice'}`,
      );
    if (!(weight >= 0 && weight < Infinity))
      throw perceptionSpaceInvalid(
        'layer_weights',
        `the weight of layer "${layer}" is ${weight}; use a number of 0 or more`,
      );
    seen.add(layer);
  }
  if (!layerWeights.some(({ weight }) => weight > 0))
    throw perceptionSpaceInvalid('layer_weights', 'no layer has a weight above 0; give at least one');
  return {
    ...space,
    builtIn: false,
    maxDimensions: maxDimensions === 0 ? DEFAULT_DIMENSIONS : maxDimensions,
  };
}

/** The choice of layers in the words of the perception library. */
export function layerChoice({
  name,
  builtIn,
  layerWeights,
}: Pick<PerceptionSpace, 'name' | 'builtIn' | 'layerWeights'>): LayerChoice {
  if (!builtIn)
    return {
      kind: 'custom',
      weights: Object.fromEntries(layerWeights.map(({ layer, weight }) => [layer, weight])),
    };
  if (name.startsWith('layer/')) return { kind: 'layer', layer: name.slice('layer/'.length) };
  return { kind: name as 'all' | 'appearance' | 'concept' };
}
