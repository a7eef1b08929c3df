import type { ParameterSpec } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { Weights } from '../programs/weights.js';

/** Position of each parameter in one flat array, in the graph's layout and the order of the model. */
export interface ParameterSpan {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export interface ParameterLayout {
  readonly spans: readonly ParameterSpan[];
  readonly length: number;
}

export function computeLayout(parameters: readonly ParameterSpec[]): ParameterLayout {
  let offset = 0;
  const spans = parameters.map(({ name, dims }) => {
    const span = { name, offset, length: elementCount(dims) };
    offset += span.length;
    return span;
  });
  return { spans, length: offset };
}

/** Puts weights in TF.js layout into a flat array. */
export function scatterWeights(
  parameters: readonly ParameterSpec[],
  weights: Weights,
  flat: Float32Array,
): void {
  computeLayout(parameters).spans.forEach(({ name, offset }, i) => {
    const values = weights.get(name);
    if (values !== undefined) flat.set(parameters[i]!.toGraph(values), offset);
  });
}

/** Reads a flat array as weights in TF.js layout; copies. */
export function gatherWeights(
  parameters: readonly ParameterSpec[],
  flat: Float32Array,
): Map<string, Float32Array> {
  return new Map(
    computeLayout(parameters).spans.map(({ name, offset, length }, i) => [
      name,
      parameters[i]!.fromGraph(Float32Array.from(flat.subarray(offset, offset + length))),
    ]),
  );
}
