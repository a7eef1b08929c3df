import { DomainError } from '@noema/kernel';
import { columnsOfLayer, type ResponseLayout } from './response-layout.js';

/**
 * A choice and weighting of layers: `all`; `appearance`, the half of the layers nearest to the input;
 * `concept`, the half nearest to the output (the middle layer of an odd number belongs to both); one layer;
 * or a weight per layer, 0 for unnamed layers.
 */
export type PerceptionSpace =
  | { readonly kind: 'all' }
  | { readonly kind: 'appearance' }
  | { readonly kind: 'concept' }
  | { readonly kind: 'layer'; readonly layer: string }
  | { readonly kind: 'custom'; readonly weights: Readonly<Record<string, number>> };

/**
 * Returns the weight of every layer [layers], by which its block of the vectors is multiplied: the squared
 * distance of two samples is Σ weight² · (squared distance in the balanced layer). Custom weights are divided
 * by their largest. Throws `invalid` LAYER_UNKNOWN or SPACE_WEIGHTS with the layer and its weight.
 */
export function layerWeights(space: PerceptionSpace, layout: ResponseLayout): number[] {
  const { layers } = layout;
  const half = Math.ceil(layers.length / 2);
  switch (space.kind) {
    case 'all':
      return layers.map(() => 1);
    case 'appearance':
      return layers.map((_, i) => (i < half ? 1 : 0));
    case 'concept':
      return layers.map((_, i) => (i >= layers.length - half ? 1 : 0));
    case 'layer': {
      columnsOfLayer(layout, space.layer);
      return layers.map(({ name }) => (name === space.layer ? 1 : 0));
    }
    case 'custom':
      return customWeights(space.weights, layout);
  }
}

/**
 * Returns the weight of every layer [layers] at a depth from 0 to 1: `appearance` at 0, `all` at ½, `concept`
 * at 1, linear in between. Throws `invalid` DEPTH_INVALID.
 */
export function depthWeights(depth: number, layout: ResponseLayout): number[] {
  if (!(depth >= 0 && depth <= 1))
    throw new DomainError(
      'invalid',
      'DEPTH_INVALID',
      `the depth is ${depth}; it must be from 0, the early layers, to 1, the late ones`,
      { violations: [{ field: 'depth', description: 'must be from 0 to 1' }] },
    );
  const [early, late] = [
    layerWeights({ kind: 'appearance' }, layout),
    layerWeights({ kind: 'concept' }, layout),
  ];
  return early.map((isEarly, i) =>
    Math.max(isEarly * Math.min(1, 2 - 2 * depth), late[i]! * Math.min(1, 2 * depth)),
  );
}

function customWeights(weights: Readonly<Record<string, number>>, layout: ResponseLayout): number[] {
  for (const [name, weight] of Object.entries(weights)) {
    columnsOfLayer(layout, name);
    if (!(weight >= 0 && weight < Infinity)) {
      throw new DomainError(
        'invalid',
        'SPACE_WEIGHTS',
        `the weight of layer "${name}" is ${weight}; it must be a finite number, 0 or more`,
        {
          metadata: { layer: name },
          violations: [
            { field: 'layer_weights', description: `of layer "${name}" must be a finite number, 0 or more` },
          ],
        },
      );
    }
  }
  const all = layout.layers.map(({ name }) => (Object.hasOwn(weights, name) ? weights[name]! : 0));
  // Only their ratio matters. Squares of large weights would overflow, of small ones underflow.
  const largest = Math.max(...all);
  if (largest > 0) return all.map((weight) => weight / largest);
  throw new DomainError(
    'invalid',
    'SPACE_WEIGHTS',
    'no layer has a weight above 0; give at least one layer a weight',
    { violations: [{ field: 'layer_weights', description: 'has no weight above 0' }] },
  );
}
