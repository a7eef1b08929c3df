export { exportKeras } from './export/keras.exporter.js';
export { type AdaptedArtifact, adaptArtifact } from './adaptation/adapt.artifact.js';
export { type Adaptation, type ClassOrder, type NewHead, readAdaptations } from './adaptation/adaptation.js';
export { headNames } from './adaptation/adapted.model.js';
export { EXPORT_OPSETS, exportOnnx, type ExportOptions } from './export/onnx.exporter.js';
export { compileModel, readPreprocessing } from './compile.model.js';
export { type ImportLimits, importModel, type ReadModel } from './import.process.js';
export type { ImportedModel, Importer, ImportOptions, LayerOutput } from './importer.js';
export { findImporter, importers } from './importer.registry.js';
export { isGraphArtifact } from './onnx/graph.model.js';
export {
  CHANNEL_LAYOUTS,
  CHANNEL_ORDERS,
  type ChannelLayout,
  type ChannelOrder,
  type InputPreprocessing,
  type Interpolation,
  INTERPOLATIONS,
} from './preprocessing/preprocessing.js';
export { readModel } from './read.model.js';
export type { TokenizerFiles } from './import.frames.js';
