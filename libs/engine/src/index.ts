export type { Backend, BackendOptions, BackendSession } from './backends/backend.js';
export { backends } from './backends/backend.registry.js';
export { type BackendSpeed, measureBackend, type SpeedTest } from './backend.speed.js';
export { Engine, type EngineOptions, type RunOptions } from './engine.js';
export { Program } from './program.js';
export { requireDevice } from './require.device.js';
export { type Rows, type RowsOutput, runRows } from './run.rows.js';
export type { Tensors } from './tensors.js';
export { type ActivationsProgram, activationsProgram } from './programs/activations.program.js';
export { type EvaluateProgram, evaluateProgram } from './programs/evaluate.program.js';
export {
  type GradientsProgram,
  gradientsProgram,
  type GradientsRequest,
} from './programs/gradients.program.js';
export { type HeadGradientsProgram, headGradientsProgram } from './programs/head-gradients.program.js';
export { type LossSpec, findOutput, type TargetInput, listTargets } from './programs/objective.js';
export {
  activationBytes,
  type ActivationBytes,
  type BatchLimits,
  batchRows,
  DEFAULT_WORKER_BYTES,
  MAX_BATCH_ROWS,
} from './programs/activation.memory.js';
export {
  type LayerResponses,
  type ResponsesProgram,
  responsesProgram,
} from './programs/responses.program.js';
export {
  type StepParameter,
  type TrainStepProgram,
  trainStepProgram,
} from './programs/train-step.program.js';
export { type ModelLimit, modelLimits } from './programs/model.limits.js';
export { bakeWeights, initialWeights, type Weights } from './programs/weights.js';
export { integrationLoss, lossHead, lossHeads, lossParameters } from '@noema/autodiff';
export type { BatchScores, ScoreBatch } from './trainer/trainer.messages.js';
export { readSettings, type Settings } from './keras.settings.js';
export type { Judged, MetricKind } from './metrics/metric.js';
export {
  emptyPositions,
  type PositionClasses,
  positionWidth,
  writePositions,
} from './metrics/position-classes.js';
export { PositionCounts } from './metrics/position-counts.js';
export { metricKind, createMetric, metrics } from './metrics/metric.registry.js';
export type { Optimizer, OptimizerKind, StepRange } from './optimizers/optimizer.js';
export { defaultOptimizer, createOptimizer, optimizers } from './optimizers/optimizer.registry.js';
export type { Schedule, ScheduleKind } from './schedules/schedule.js';
export { createSchedule, schedules } from './schedules/schedule.registry.js';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './trainer/checkpoint.js';
export { type EpochDone, Trainer, type TrainerOptions } from './trainer/trainer.js';
export type { BatchDone } from './trainer/trainer.threads.js';
export { type ResidentTensor, resident, toResident, type TrainingData } from './trainer/training.data.js';
