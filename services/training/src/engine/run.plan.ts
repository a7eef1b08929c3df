import { type LossSpec, metricOf, optimizerOf, scheduleOf, targetsOf } from '@noema/engine';
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

/** Checks every name and setting of a run, and gives the ground truth that the model needs, by output. */
export function planOf(model: CompiledModel, settings: RunSettings): TensorSpec[] {
  optimizerOf(settings.optimizer.name, settings.optimizer.config);
  if (settings.learningRateSchedule !== undefined) scheduleOf(settings.learningRateSchedule.name, settings.learningRateSchedule.config);
  for (const { name, config } of settings.metrics) metricOf(name, config);
  return targetsOf(model, lossesOf(model, settings.loss)).map(({ output, dims }) => ({ name: output, dims }));
}
