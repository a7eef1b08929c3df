import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import type { Weights } from '@noema/engine';

interface Manifest {
  readonly weightsManifest?: readonly { readonly weights: readonly { readonly name: string }[] }[];
}

/**
 * The weights of a checkpoint: float32, little-endian, one after the other in the order of the topology's `weightsManifest`, or of the compiled
 * parameters when it has none. Throws `data-loss` WEIGHTS_DAMAGED when the bytes do not fit the model.
 */
export function readWeights(model: CompiledModel, topology: unknown, bytes: Uint8Array): Weights {
  const manifest = (topology as Manifest).weightsManifest?.flatMap((group) => group.weights.map(({ name }) => name));
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  const names = manifest !== undefined && manifest.every((name) => byName.has(name)) ? manifest : [...byName.keys()];
  const sizes = names.map((name) => byName.get(name)!.dims.reduce((a, b) => a * b, 1));
  const expected = 4 * sizes.reduce((a, b) => a + b, 0);
  if (bytes.byteLength !== expected) {
    throw new DomainError('data-loss', 'WEIGHTS_DAMAGED', `the checkpoint has ${bytes.byteLength} bytes, model "${model.name}" needs ${expected}; train the epoch again`);
  }
  const values = new Float32Array(bytes.slice().buffer);
  let at = 0;
  return new Map(names.map((name, i) => [name, values.subarray(at, (at += sizes[i]!))]));
}
