import {
  defaultOptimizer,
  lossHead,
  lossHeads,
  lossParameters,
  type LossSpec,
  metricKind,
  createMetric,
  metrics,
  createOptimizer,
  createSchedule,
  listTargets,
  trainStepProgram,
} from '@noema/engine';
import { isGraphArtifact } from '@noema/importers';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import type { TensorSpec } from '../model/model.js';
import type { LossInfo, OutputInfo } from '../run/objective.js';
import type { KerasSpec, RunObjective, RunSettings } from '../run/run.js';

/** Name of the optimizer of a run that names none. */
export const DEFAULT_OPTIMIZER = defaultOptimizer.key;

/** All losses that there are. */
export const losses: readonly LossInfo[] = lossHeads.keys().map((key) => lossHeads.get(key));

/** Describes the outputs of a compiled model. */
export const listOutputs = ({ outputs }: CompiledModel, topology: unknown): OutputInfo[] =>
  outputs.map(({ name, dims, nonLinearity, classNames }) => ({
    name,
    dims: dims.slice(1).map(Number),
    nonLinearity,
    isExact: !isGraphArtifact(topology),
    ...(classNames && { classNames }),
  }));

/**
 * The loss under its full name. Throws `invalid` LOSS_UNKNOWN, LOSS_PARAMETER_UNKNOWN,
 * LOSS_PARAMETER_INVALID, and SETTING_INVALID for a parameter that is no number.
 */
export function checkedLoss(spec: KerasSpec): KerasSpec {
  const head = lossHead(spec.name);
  lossParameters(head, toParameters(spec));
  return { name: head.key, config: spec.config };
}

/**
 * Lists the objective of every output; in runs that were started before tasks were recorded, all outputs have
 * the one loss.
 */
export function listObjectives(
  { outputs }: Pick<CompiledModel, 'outputs'>,
  { objectives, loss }: RunSettings,
): readonly RunObjective[] {
  if (objectives !== undefined) return objectives;
  const of = loss === undefined ? 'numbers' : lossHead(loss.name).of;
  return outputs.map(
    ({ name, dims }): RunObjective => ({
      output: name,
      loss,
      task: of === 'numbers' ? 'regression' : of === 'labels' && dims.at(-1) === 1 ? 'binary' : 'multi-class',
    }),
  );
}

/** True for an output whose boxes are compared after they are matched, not by a graph. */
const isMatched = (detection: RunObjective['detection']): boolean =>
  detection !== undefined && detection.form !== 'grid';

/** The loss of every output that a graph compares with ground truth. */
export function listLosses(model: Pick<CompiledModel, 'outputs'>, settings: RunSettings): LossSpec[] {
  return listObjectives(model, settings).flatMap(({ output, loss, detection }) =>
    loss === undefined || isMatched(detection)
      ? []
      : [{ loss: loss.name, parameters: toParameters(loss), output }],
  );
}

/**
 * Checks every name and setting of a run, and gives the ground truth that the model needs, by output. Throws
 * `unsupported` GRADIENT_UNSUPPORTED for a run that trains a graph with an operator that has no gradient, and
 * NOTHING_TO_TRAIN for one that trains a model without trainable weights, such as trees.
 */
export function planInputs(model: CompiledModel, settings: RunSettings): TensorSpec[] {
  createOptimizer(settings.optimizer.name, settings.optimizer.config);
  if (settings.learningRateSchedule !== undefined)
    createSchedule(settings.learningRateSchedule.name, settings.learningRateSchedule.config);
  checkMetrics(settings, listObjectives(model, settings)[0]!);
  const specs = listLosses(model, settings);
  const targets = listTargets(model, specs);
  if (settings.kind === 'train' && model.parameters.length > 0) {
    trainStepProgram(model, specs);
    if (!model.parameters.some(({ trainable }) => trainable)) throw nothingToTrain(model.name);
  }
  const stated = new Map(
    listObjectives(model, settings).flatMap(({ output, detection, scored }) => {
      const { truthDims } = detection ?? scored ?? {};
      return truthDims === undefined ? [] : [[output, truthDims] as const];
    }),
  );
  // Objects, and what an integration compares with, come in place of the form that the graph compares with.
  return model.outputs.flatMap(({ name }) => {
    const dims = stated.get(name) ?? targets.find(({ output }) => output === name)?.dims;
    return dims === undefined ? [] : [{ name, dims }];
  });
}

const nothingToTrain = (model: string): DomainError =>
  new DomainError(
    'unsupported',
    'NOTHING_TO_TRAIN',
    `model "${model}" has no weights that a training changes, which is so for trees and frozen layers; ` +
      'evaluate it instead',
    { metadata: { model } },
  );

function checkMetrics(settings: RunSettings, { task, loss, scored }: RunObjective): void {
  for (const { name, config } of settings.metrics) {
    const kind = metricKind(name);
    createMetric(name, config);
    const fitting = metrics
      .keys()
      .sort()
      .filter((key) => metrics.get(key).tasks.includes(task))
      .join(', ');
    const refuse = (why: string): never => {
      throw new DomainError('invalid', 'METRIC_MISFIT', `the metric ${kind.key} ${why}`, {
        metadata: { metric: kind.key, task },
      });
    };
    if (scored?.isComparable === false)
      refuse(
        'compares numbers with ground truth, which has another shape than the output here; leave it out',
      );
    if (loss === undefined)
      refuse(
        `compares with ground truth, which this run does not have: ${settings.noLossReason ?? ''}; leave it out`,
      );
    if (!kind.tasks.includes(task)) refuse(`does not fit the task ${task}; metrics that fit: ${fitting}`);
  }
}

function toParameters({ name, config }: KerasSpec): Record<string, number> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key !== 'name')
      .map(([key, value]) => {
        if (typeof value === 'number') return [key, value];
        throw new DomainError(
          'invalid',
          'SETTING_INVALID',
          `setting "${key}" of loss ${name} is ${JSON.stringify(value)}; give a number`,
          { metadata: { of: `loss ${name}`, setting: key } },
        );
      }),
  );
}
