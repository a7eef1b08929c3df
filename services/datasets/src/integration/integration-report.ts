import type { SplitName } from '@noema/kernel';
import type { TensorSpec } from '../dataset-version/dataset-version.js';

export type HandlerRole =
  | 'preprocess'
  | 'input'
  | 'ground-truth'
  | 'metadata'
  | 'visualizer'
  | 'prediction'
  | 'metric'
  | 'loss';

/** One thing that is wrong, at the first sample that showed it. */
export interface HandlerFault {
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly sample?: { readonly split: SplitName; readonly id: string };
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Samples tried that showed it; 0 for what no sample shows. */
  readonly samples: number;
}

/** What one handler did. */
export interface HandlerReport {
  readonly role: HandlerRole;
  readonly name: string;
  readonly spec?: TensorSpec;
  readonly returned: string;
  readonly checked: number;
  readonly milliseconds: number;
  readonly faults: readonly HandlerFault[];
}

/** Result of checking an integration on a few samples of each split. */
export interface IntegrationReport {
  readonly passed: boolean;
  readonly handlers: readonly HandlerReport[];
  readonly splitCounts: Readonly<Partial<Record<SplitName, number>>>;
  readonly classNames: readonly string[];
  readonly summary: string;
}
