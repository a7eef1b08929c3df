import { type LossSpec, metricOf, optimizerOf, scheduleOf, targetsOf, trainStepProgram } from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import type { TensorSpec } from '../domain/model.js';
import type { KerasSpec, RunSettings } from '../domain/run.js';

/** Every output has the loss of the run. Throws `invalid` SETTING_INVALID for a parameter that is no number. */
export function lossesOf({ outputs }: Pick<CompiledModel, 'outputs'>, { name, config }: KerasSpec): LossSpec[] {
  const parameters = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'name').map(([key, value]) => {
    if (typeof value === 'number') return [key, value];
    throw new DomainError('invalid', 'SETTING_INVALID', `setting "${key}" of loss ${name} is ${JSON.stringify(value)}; give a number`, { metadata: { of: `loss ${name}`, setting: key } });
  }));
  return outputs.map((output) => ({ loss: name, parameters, output: output.name }));
}

/**
 * Checks every name and setting of a run, and gives the ground truth that the model needs, by output.
 * Throws `unsupported` GRADIENT_UNSUPPORTED for a run that trains a graph with an operator that has no gradient.
 */
export function planOf(model: CompiledModel, settings: RunSettings): TensorSpec[] {
  optimizerOf(settings.optimizer.name, settings.optimizer.config);
  if (settings.learningRateSchedule !== undefined) scheduleOf(settings.learningRateSchedule.name, settings.learningRateSchedule.config);
  for (const { name, config } of settings.metrics) metricOf(name, config);
  const losses = lossesOf(model, settings.loss), targets = targetsOf(model, losses);
  if (settings.kind === 'train' && model.parameters.length > 0) trainStepProgram(model, losses);
  return targets.map(({ output, dims }) => ({ name: output, dims }));
}
