import type { MethodDescriptor, Task } from '@noema/kernel';
import { largest } from './largest.js';
import type { PositionClasses } from './position-classes.js';
import { type DescribedSetting, describeSettings, type Settings } from '../keras.settings.js';

/**
 * Predictions and ground truth of many rows, row-major, `width` numbers per row. Sparse ground truth has one
 * number per row, the class.
 */
export interface Judged {
  readonly rows: number;
  readonly predictions: Float32Array;
  readonly width: number;
  readonly targets: Float32Array;
  readonly targetWidth: number;
  /** Numbers that belong to one position: the size of the output's last axis. */
  readonly channels: number;
  /** True where these are probabilities of classes that exclude each other. */
  readonly isExclusive: boolean;
  /** The classes of all positions, where they are known; the numbers may then be absent. */
  readonly positions?: { readonly predicted: PositionClasses; readonly truth: PositionClasses };
}

/** Properties of a metric, which clients get with its description. */
// A type, because an interface has no index signature.
export type MetricFacts = {
  /** Tasks that the metric supports, divided by commas. */
  readonly tasks: string;
};

/** A metric under its Keras name in snake case, with its description. */
export interface MetricKind extends MethodDescriptor {
  readonly facts: MetricFacts;
  /** Tasks that the metric supports. */
  readonly tasks: readonly Task[];
  /** Returns the metric's name, including its settings, and its value; NaN if no row contributes. */
  create(settings?: Settings): { readonly name: string; measure(judged: Judged): number };
}

/** The description of a metric. */
export interface MetricDescription extends Pick<MetricKind, 'key' | 'title' | 'summary' | 'tasks'> {
  readonly reference?: string;
  readonly settings?: Readonly<Record<string, DescribedSetting>>;
}

/** Returns a metric of its description and its measure. */
export const describeMetric = (
  { key, title, summary, reference = '', tasks, settings = {} }: MetricDescription,
  create: MetricKind['create'],
): MetricKind => ({
  key,
  title,
  summary,
  reference,
  tasks,
  parameters: describeSettings(settings),
  facts: { tasks: tasks.join(',') },
  create,
});

/** The probability from which an output says yes. */
export const THRESHOLD = {
  threshold: {
    fallback: 0.5,
    title: 'Threshold',
    help: 'Probability above which an output counts as a yes.',
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

/** The true class of a row. */
export const trueClass = ({ targets, targetWidth, width }: Judged, row: number): number =>
  targetWidth === 1 && width > 1 ? targets[row]! : largest(targets, row, targetWidth);
