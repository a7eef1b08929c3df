import { DomainError } from '@noema/kernel';
import { elementCount } from '@noema/onnx';
import type { ParameterSpec } from './compiled-model.js';

/**
 * Writes weights by name as TF.js does: float32 little-endian, one after the other in the order of the
 * parameters, in TF.js layout.
 */
export function encodeWeights(
  parameters: readonly ParameterSpec[],
  weights: ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const total = parameters.reduce((sum, { dims }) => sum + elementCount(dims), 0);
  const all = new Float32Array(total);
  let at = 0;
  for (const { name, dims } of parameters) {
    const values = weights.get(name);
    if (values?.length !== elementCount(dims))
      throw misfit(
        `weight "${name}" needs ${elementCount(dims)} numbers and has ${values?.length ?? 'none'}`,
      );
    all.set(values, at);
    at += values.length;
  }
  return new Uint8Array(all.buffer);
}

/**
 * Parses the output of `encodeWeights`. Throws `data-loss` WEIGHTS_MISFIT if the bytes do not match the
 * parameters.
 */
export function decodeWeights(
  parameters: readonly ParameterSpec[],
  bytes: Uint8Array,
): ReadonlyMap<string, Float32Array> {
  const total = parameters.reduce((sum, { dims }) => sum + elementCount(dims), 0);
  if (bytes.length !== 4 * total)
    throw misfit(`${bytes.length} bytes are given and the model has ${total} weights of 4 bytes`);
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  return new Map(parameters.map(({ name, dims }) => [name, all.subarray(at, (at += elementCount(dims)))]));
}

/** The model.json of TF.js: the topology, and the manifest with the layout of the weights file. */
export interface LayersArtifact {
  readonly format: 'layers-model';
  readonly generatedBy: 'noema';
  readonly modelTopology: unknown;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: 'float32';
    }[];
  }[];
}

/** Describes a model and its weights file in the TF.js format, which `compileLayers` accepts. */
export const layersArtifact = (topology: unknown, parameters: readonly ParameterSpec[]): LayersArtifact => ({
  format: 'layers-model',
  generatedBy: 'noema',
  modelTopology: topology,
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: parameters.map(({ name, dims }) => ({ name, shape: dims, dtype: 'float32' as const })),
    },
  ],
});

const misfit = (why: string): DomainError =>
  new DomainError('data-loss', 'WEIGHTS_MISFIT', `the weights do not fit the model: ${why}`);
