import { DomainError, type Task } from '@noema/kernel';
import type { Objectives } from './objective.js';
import type { KerasSpec, RunSettings } from './run.js';
import { settingInvalid } from './run.errors.js';

/** Settings as a caller gives them; what is 0, empty or absent has its default. */
export type RequestedSettings = Partial<Omit<RunSettings, 'metrics' | 'objectives' | 'noLossReason'>> & {
  readonly metrics?: readonly KerasSpec[];
};

const spec = (name: string): KerasSpec => ({ name, config: {} });

const MAX_METRICS = 32;

/** Metrics of a run that asks for none. */
const METRICS: Readonly<Record<Task, readonly string[]>> = {
  'multi-class': ['accuracy'],
  binary: ['accuracy'],
  'multi-label': ['binary_accuracy', 'precision', 'recall'],
  regression: ['mean_absolute_error', 'root_mean_squared_error', 'r2_score'],
  'per-pixel': ['pixel_accuracy', 'mean_iou'],
  detection: ['mean_average_precision', 'mean_average_precision_50', 'box_precision', 'box_recall'],
};

/** The metrics of an output for which a run names none. */
export const usualMetrics = (task: Task): readonly KerasSpec[] => METRICS[task].map(spec);

function atMost(count: number, metrics: readonly KerasSpec[]): readonly KerasSpec[] {
  if (metrics.length > count)
    throw new DomainError(
      'invalid',
      'RUN_SETTING_INVALID',
      `settings.metrics names ${metrics.length} metrics; give at most ${count}`,
      { metadata: { setting: 'metrics' } },
    );
  return metrics;
}

/**
 * Fills in the defaults but for loss and metrics, so that nothing about a run depends on where it is done.
 * Throws `invalid` RUN_SETTING_INVALID.
 */
export function completeSettings(
  asked: RequestedSettings,
  defaults: { readonly workers: number; readonly optimizer: string },
): Omit<RunSettings, 'objectives' | 'noLossReason' | 'layers' | 'frozenLayers'> {
  const kind = asked.kind ?? 'train';
  return {
    kind,
    epochs: kind === 'evaluate' ? 1 : within('epochs', asked.epochs ?? 0, 1, 10_000),
    batchSize: within('batch_size', asked.batchSize || 64, 1, 65_536),
    seed: within('seed', asked.seed ?? 0, -(2 ** 31), 2 ** 31 - 1),
    loss: asked.loss,
    optimizer: { name: asked.optimizer?.name || defaults.optimizer, config: asked.optimizer?.config ?? {} },
    metrics: atMost(MAX_METRICS, asked.metrics ?? []),
    learningRateSchedule: asked.learningRateSchedule,
    workers: within('workers', asked.workers || defaults.workers, 1, 64),
  };
}

/**
 * The settings with what follows from the model's outputs and the ground truth: losses and, where none were
 * requested, metrics.
 */
export function withObjectives(settings: RunSettings, { objectives, noLossReason }: Objectives): RunSettings {
  const [first] = objectives;
  const metrics =
    settings.metrics.length > 0 || first?.loss === undefined || first.scored?.isComparable === false
      ? settings.metrics
      : usualMetrics(first.task);
  return { ...settings, metrics, loss: first?.loss, objectives, noLossReason };
}

/** Settings of a run that a client records: what it optimizes, only the client knows. */
export function recordedSettings({
  task,
  epochs,
  layers,
  layersNote,
}: {
  readonly task: Task;
  readonly epochs: number;
  readonly layers: readonly string[];
  readonly layersNote: string;
}): RunSettings {
  const loss = spec('recorded');
  return {
    kind: 'recorded',
    epochs,
    batchSize: 0,
    seed: 0,
    loss,
    optimizer: spec('recorded'),
    metrics: usualMetrics(task),
    learningRateSchedule: undefined,
    workers: 1,
    layers,
    layersNote,
    objectives: [{ output: 'output', task, loss }],
    noLossReason: '',
  };
}

/** The whole number again. Throws `invalid` RUN_SETTING_INVALID outside of the bounds. */
export function within(field: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw settingInvalid(field, value, `a whole number from ${min} to ${max}`);
  return value;
}
