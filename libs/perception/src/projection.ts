import { type Basis, countDimensions } from './basis.js';
import { Projector } from './projector.js';
import { assertFinite, columnsOfLayer, rowCount } from './response-layout.js';

/** Cache of the last basis, because all shards of a population use the same one. */
let kept: { readonly basis: Basis; readonly projector: Projector } | undefined;

/**
 * Returns the perception vectors [n, k] float32, row-major, of responses [n, d], of the population or of new
 * samples, without refitting. A row's vector does not depend on other rows. Throws `invalid` RESPONSE_SHAPE
 * or RESPONSE_NOT_FINITE (rows counted from `firstRow`).
 */
export function project(basis: Basis, responses: Float32Array, firstRow = 0): Float32Array {
  rowCount(basis.layout, responses);
  assertFinite(basis.layout, responses, firstRow);
  if (kept?.basis !== basis) kept = { basis, projector: new Projector(basis) };
  return kept.projector.project(responses);
}

/**
 * Contribution of a layer's units along a direction: the inner product grows by weights[c] · (response[c] −
 * mean[c]).
 */
export interface LayerPull {
  readonly weights: Float64Array;
  readonly mean: Float64Array;
}

/**
 * Returns one layer's part of the inner product ⟨vector(r), direction⟩ as a linear function of the layer's
 * responses. The parts of all layers sum to the whole. `direction` [k] is another sample's perception vector.
 * Throws `invalid` LAYER_UNKNOWN.
 */
export function layerPull(basis: Basis, layer: string, direction: ArrayLike<number>): LayerPull {
  const { offset, units } = columnsOfLayer(basis.layout, layer);
  const d = basis.mean.length;
  const k = countDimensions(basis);
  const weights = new Float64Array(units);
  for (let c = 0; c < k; c++)
    for (let u = 0; u < units; u++) weights[u]! += basis.components[c * d + offset + u]! * direction[c]!;
  for (let u = 0; u < units; u++) weights[u]! *= basis.scale[offset + u]!;
  return { weights, mean: basis.mean.slice(offset, offset + units) };
}
