export { explainedOf } from './domain/explainers/explained.js';
export { explainers } from './domain/explainers/explainer.registry.js';
export type { SampleTensors } from './domain/model.ports.js';
export { LayersModel } from './engine/layers.model.js';
