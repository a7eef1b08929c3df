import { depthWeights, layerWeights, type ResponseLayout } from '@noema/perception';
import { layerNamedTwice, weightingAmbiguous, weightingWithIndex } from './search.errors.js';

/** How much each layer counts in one search: by depth, from 0 for early to 1 for late, or by name. */
export type LayerWeighting =
  | { readonly depth: number }
  | { readonly weights: Readonly<Record<string, number>> };

/**
 * Parses the weighting of a request; `undefined` for a request without one. Throws `invalid`
 * WEIGHTING_AMBIGUOUS, LAYER_NAMED_TWICE, and WEIGHTING_WITH_INDEX when settings of an index are given too.
 */
export function parseWeighting(
  depth: number | undefined,
  layers: readonly { readonly layer: string; readonly weight: number }[],
  asksIndex: boolean,
): LayerWeighting | undefined {
  if (depth === undefined && layers.length === 0) return undefined;
  if (depth !== undefined && layers.length > 0) throw weightingAmbiguous();
  if (asksIndex) throw weightingWithIndex();
  const twice = layers.find(({ layer }, at) => layers.findIndex((other) => other.layer === layer) < at);
  if (twice !== undefined) throw layerNamedTwice(twice.layer);
  return depth === undefined
    ? { weights: Object.fromEntries(layers.map(({ layer, weight }) => [layer, weight])) }
    : { depth };
}

/** The weight of every layer. Throws `invalid` DEPTH_INVALID, LAYER_UNKNOWN, SPACE_WEIGHTS. */
export const weightsIn = (weighting: LayerWeighting, layout: ResponseLayout): number[] =>
  'depth' in weighting
    ? depthWeights(weighting.depth, layout)
    : layerWeights({ kind: 'custom', weights: weighting.weights }, layout);
