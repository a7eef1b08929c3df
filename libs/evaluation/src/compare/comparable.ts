import { differingSettings } from './differing-settings.js';

/** A version, as far as decides what can be compared. */
export interface ComparedVersion {
  /** The version for people, such as `first, epoch 3`. */
  readonly title: string;
  /** Name of the task, such as `multi-class`; undefined where the run names none. */
  readonly task: string | undefined;
  /** Why the run is not compared with ground truth; empty where it is. */
  readonly noLossReason: string;
  /** The loss function with its settings. */
  readonly loss: object;
}

/** Metrics by which two versions can be compared. */
export interface ComparedMetrics {
  readonly hasCorrectness: boolean;
  /** Fields of evaluations, such as `loss`; of `residual` the absolute value. */
  readonly numbers: readonly string[];
  /** Notes on metrics that are left out, with the reason. */
  readonly notes: readonly string[];
}

/** Tasks whose samples are not correct or misclassified as a whole, with their further numbers. */
const UNJUDGED: Readonly<Record<string, readonly string[]>> = {
  regression: ['residual'],
  'per-pixel': ['pixel_accuracy', 'iou'],
  detection: ['iou'],
};

/** Returns why two versions cannot be compared at all, in a sentence; undefined where they can. */
export function findRefusal(before: ComparedVersion, now: ComparedVersion): string | undefined {
  if (before.task !== now.task)
    return (
      `${before.title} has the task ${before.task ?? 'unknown'}, ${now.title} has ${now.task ?? 'unknown'}; ` +
      'choose two versions with the same task'
    );
  for (const { title, noLossReason } of [before, now])
    if (noLossReason !== '')
      return `${title} is not compared with ground truth (${noLossReason}), so nothing got better or worse`;
  return undefined;
}

/** Returns the metrics by which two versions with the same task can be compared. */
export function findMetrics(before: ComparedVersion, now: ComparedVersion): ComparedMetrics {
  const more = UNJUDGED[now.task ?? ''];
  const [differs] = differingSettings(before.loss, now.loss);
  return {
    hasCorrectness: more === undefined,
    numbers: [...(differs === undefined ? ['loss'] : []), ...(more ?? [])],
    notes:
      differs === undefined
        ? []
        : [
            `the losses are not compared, because the loss functions differ: ${differs.name} is ` +
              `${differs.before ?? 'not set'} in ${before.title} and ${differs.now ?? 'not set'} in ${now.title}`,
          ],
  };
}
