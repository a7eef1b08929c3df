import { type Basis, dimensionsOf } from './basis.js';
import { assertFinite, columnsOfLayer, rowCount } from './response-layout.js';

/**
 * The perception vectors [n, k] float32, row-major, of responses [n, d]; the population's or new samples', nothing is refitted.
 * A row's vector does not depend on the rows beside it. Throws `invalid` RESPONSE_SHAPE or RESPONSE_NOT_FINITE (rows counted from `firstRow`).
 */
export function project(basis: Basis, responses: Float32Array, firstRow = 0): Float32Array {
  const n = rowCount(basis.layout, responses);
  assertFinite(basis.layout, responses, firstRow);
  const d = basis.mean.length, k = dimensionsOf(basis);
  const vectors = new Float32Array(n * k);
  const scaled = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0, at = i * d; j < d; j++, at++) scaled[j] = (responses[at]! - basis.mean[j]!) * basis.scale[j]!;
    let c = 0;
    for (; c + 4 <= k; c += 4) fourComponents(basis.components, scaled, d, c, vectors, i * k + c);
    for (; c < k; c++) {
      let sum = 0;
      for (let j = 0, at = c * d; j < d; j++, at++) sum += basis.components[at]! * scaled[j]!;
      vectors[i * k + c] = sum;
    }
  }
  return vectors;
}

function fourComponents(components: Float64Array, scaled: Float64Array, d: number, c: number, into: Float32Array, at: number): void {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (let j = 0, p = c * d; j < d; j++, p++) {
    const x = scaled[j]!;
    s0 += components[p]! * x;
    s1 += components[p + d]! * x;
    s2 += components[p + 2 * d]! * x;
    s3 += components[p + 3 * d]! * x;
  }
  into[at] = s0;
  into[at + 1] = s1;
  into[at + 2] = s2;
  into[at + 3] = s3;
}

/** How strongly each unit of a layer pulls a vector along a direction: the inner product grows by weights[c] · (response[c] − mean[c]). */
export interface LayerPull {
  readonly weights: Float64Array;
  readonly mean: Float64Array;
}

/**
 * The part of one layer in the inner product ⟨vector(r), direction⟩ as a linear function of the layer's responses; the parts of all layers
 * sum to the whole. `direction` [k] is another sample's perception vector. Throws `invalid` LAYER_UNKNOWN.
 */
export function layerPull(basis: Basis, layer: string, direction: ArrayLike<number>): LayerPull {
  const { offset, units } = columnsOfLayer(basis.layout, layer);
  const d = basis.mean.length, k = dimensionsOf(basis);
  const weights = new Float64Array(units);
  for (let c = 0; c < k; c++) for (let u = 0; u < units; u++) weights[u]! += basis.components[c * d + offset + u]! * direction[c]!;
  for (let u = 0; u < units; u++) weights[u]! *= basis.scale[offset + u]!;
  return { weights, mean: basis.mean.slice(offset, offset + units) };
}
