export type { Backend, BackendOptions, BackendSession } from './backends/backend.js';
export { backends } from './backends/backend.registry.js';
export { Engine, type EngineOptions, type RunOptions } from './engine.js';
export { Program } from './program.js';
export { type Batches, runBatches } from './run.batches.js';
export type { Tensors } from './tensors.js';
