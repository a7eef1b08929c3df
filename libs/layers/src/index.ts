export { blockOutputs, followedLayers, proposedLayers } from './block.outputs.js';
export { type CompileOptions, compileLayers } from './compile.js';
export { isWithin, withFrozenLayers } from './frozen.layers.js';
export type {
  CompiledModel,
  LayerInfo,
  LayerSummary,
  MaskSpec,
  ModelInput,
  ModelOutput,
  ParameterSpec,
  ParameterUpdate,
} from './compiled-model.js';
export { parseInitializer } from './initializers.js';
export { HALF_PIXEL_CENTERS } from './kinds/up-sampling.js';
export { layerKinds } from './kinds/registry.js';
export { layerInputs } from './layer.inputs.js';
export type { CompileMode } from './model.writer.js';
export { parameterSpec } from './parameter.js';
export { decodeWeights, encodeWeights, type LayersArtifact, layersArtifact } from './weights.file.js';
export { parseModel, parseTopology, snakeCase } from './topology.parser.js';
export { type LayerNode, MODEL_KINDS, type Source, type Topology } from './topology.js';
