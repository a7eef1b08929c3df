import { type CompiledModel, compileLayers, layersArtifact } from '@noema/layers';
import type { ModelFacts, TensorSpec } from '../domain/model.js';
import type { ModelCompiler } from '../domain/model.ports.js';

const sizes = (dims: CompiledModel['inputs'][number]['dims']): number[] => dims.slice(1).map(Number);
const specs = (tensors: readonly { readonly name: string; readonly dims: CompiledModel['inputs'][number]['dims'] }[]): TensorSpec[] => tensors.map(({ name, dims }) => ({ name, dims: sizes(dims) }));

/** Understands the layers format of TF.js and Keras. */
export class LayersCompiler implements ModelCompiler {
  inspect(topology: unknown): ModelFacts {
    const { inputs, outputs, parameters, layers, summary } = compileLayers(topology, { mode: 'training' });
    const learned = new Map(layers.map((layer) => [layer.name, layer]));
    return {
      inputs: specs(inputs),
      outputs: specs(outputs),
      parameterCount: parameters.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
      layers: summary.map((layer) => ({ ...layer, unitCount: learned.get(layer.name)?.units ?? 0, isConvolution: learned.get(layer.name)?.isConvolution ?? false })),
      artifact: layersArtifact(topology, parameters),
    };
  }
}
