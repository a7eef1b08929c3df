import type { CompiledModel, ParameterSpec } from '@noema/layers';
import { compileModel } from '../compile.model.js';
import { type Adaptation, readAdaptations } from './adaptation.js';

/** A stored model after an adaptation. */
export interface AdaptedArtifact {
  /** Topology of the adapted version, as stored. `compileModel` accepts it. */
  readonly artifact: unknown;
  /** The model that `artifact` compiles to. */
  readonly model: CompiledModel;
  /** Its parameters that the model before has not. */
  readonly added: readonly ParameterSpec[];
}

/**
 * Adds an adaptation to the stored topology of a model. Weights keep their names; the manifest lists the
 * weights of the adapted model. Throws as `adaptedModel` and `compileModel`.
 */
export function adaptArtifact(artifact: unknown, adaptation: Adaptation): AdaptedArtifact {
  const before = new Set(compileModel(artifact, { mode: 'training' }).parameters.map(({ name }) => name));
  const changed = { ...(artifact as object), adaptations: [...readAdaptations(artifact), adaptation] };
  const model = compileModel(changed, { mode: 'training' });
  const weights = model.parameters.map(({ name, dims }) => ({
    name,
    shape: dims,
    dtype: 'float32' as const,
  }));
  return {
    artifact: { ...changed, weightsManifest: [{ paths: ['weights.bin'], weights }] },
    model,
    added: model.parameters.filter(({ name }) => !before.has(name)),
  };
}
