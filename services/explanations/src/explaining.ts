export { LayersModel } from './engine/layers.model.js';
export { toExplained } from './explainers/explained.js';
export { explainers } from './explainers/explainer.registry.js';
export type { SampleTensors } from './model/model.ports.js';
