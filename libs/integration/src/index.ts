export {
  type BatchEncoder,
  type BatchMetadata,
  type BatchTensor,
  type SampleBatch,
  withBatches,
} from './batch.js';
export { checkIntegration } from './check-integration.js';
export {
  formatReport,
  type HandlerFault,
  type HandlerReport,
  type IntegrationReport,
} from './check-report.js';
export type { HandlerRole } from './handler.js';
export {
  type Awaitable,
  classGroundTruth,
  defineIntegration,
  type Encoder,
  type EvaluatedSample,
  type Integration,
  type IntegrationDefinition,
  isIntegration,
  type LossWithGradient,
  type MetadataHandler,
  type MetadataValue,
  type Predictions,
  type PreprocessContext,
  type SampleLoss,
  type SampleScore,
  type Visualizer,
} from './integration.js';
export { loadIntegration } from './load-integration.js';
export { encodePng, type Pixels } from './png.js';
export { planPopulation, Population, type PopulationSplit } from './population.js';
export { type EncodedBatch, type EncodedSample, SampleEncoder } from './sample-encoder.js';
export { type SampleLossResult, SampleScorer } from './sample-scorer.js';
export type { EncodedSpec, MetadataType, SampleSpec } from './sample-spec.js';
export { type SampleContext, SPLIT_NAMES, type SplitName, type Splits, type SplitSource } from './sample.js';
export {
  type ElementType,
  type NestedNumbers,
  type NumberArray,
  oneHot,
  tensor,
  type Tensor,
  type TensorLike,
} from './tensor.js';
export { type EncodedVisual, encodeVisual } from './visual.js';
// eslint-disable-next-line no-restricted-syntax -- a new kind is a line in its registry, not here too
export * from './visuals/visual.registry.js';
