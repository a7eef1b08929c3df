import { compileModel, isGraphArtifact } from '@noema/importers';
import { type CompiledModel, compileLayers, layersArtifact } from '@noema/layers';
import type { ModelFacts, TensorSpec } from '../domain/model.js';
import type { ModelCompiler } from '../domain/model.ports.js';

const sizes = (dims: CompiledModel['inputs'][number]['dims']): number[] => dims.slice(1).map(Number);
const specs = (tensors: readonly { readonly name: string; readonly dims: CompiledModel['inputs'][number]['dims'] }[]): TensorSpec[] => tensors.map(({ name, dims }) => ({ name, dims: sizes(dims) }));

/** Understands the layers format of TF.js and Keras, and what is stored of imported graphs. */
export class LayersCompiler implements ModelCompiler {
  inspectLayers(topology: unknown): ModelFacts {
    const model = compileLayers(topology, { mode: 'training' });
    return this.factsOf(model, { artifact: layersArtifact(topology, model.parameters), operators: '' });
  }

  inspect(artifact: unknown): ModelFacts {
    return this.factsOf(compileModel(artifact, { mode: 'training' }), { artifact, operators: isGraphArtifact(artifact) ? artifact.graph : '' });
  }

  private factsOf({ inputs, outputs, parameters, layers, summary }: CompiledModel, stored: Pick<ModelFacts, 'artifact' | 'operators'>): ModelFacts {
    const learned = new Map(layers.map((layer) => [layer.name, layer]));
    return {
      inputs: specs(inputs),
      outputs: specs(outputs),
      parameterCount: parameters.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
      layers: summary.map((layer) => ({ ...layer, unitCount: learned.get(layer.name)?.units ?? 0, isConvolution: learned.get(layer.name)?.isConvolution ?? false })),
      parameters: parameters.map(({ name, dims }) => ({ name, dims })),
      ...stored,
    };
  }
}
