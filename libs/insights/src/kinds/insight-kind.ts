import type { MethodDescriptor } from '@noema/kernel';
import type { KindReport, NumberMeaning } from '../finding/finding.js';
import type { Population } from '../population/population.js';

/** A need of a kind; people read the names of unmet ones. */
export type Need =
  | 'labels'
  | 'losses'
  | 'predicted'
  | 'probabilities'
  | 'history'
  | 'spaces'
  | 'neighbors'
  | 'units'
  | 'metadata'
  | 'inputs'
  | 'training'
  | 'held-out';

/** The settings and the means of a search. */
export interface SearchContext {
  /** Of all random draws. */
  readonly seed: number;
  /** Half of each sample: `NEITHER`, `FIND` or `CONFIRM`, [n] uint8. */
  readonly halves: Uint8Array;
  /** Parameters of the kind by name. */
  readonly parameters: Readonly<Record<string, number | string | boolean | readonly number[]>>;
  /** Largest share of false discoveries among the findings of the kind. */
  readonly q: number;
  readonly threads: number;
  /**
   * Returns the value of that name, computed by the first kind of the run that needs it. `compute` must depend on
   * the population and the seed only, because any kind may be the first.
   */
  readonly share: <T>(name: string, compute: () => Promise<T>) => Promise<T>;
  readonly signal?: AbortSignal | undefined;
  /** Reports the share that is done, from 0 to 1. */
  readonly progress: (share: number) => void;
}

/**
 * A kind of insight. `search` is pure: the same population, seed and parameters give the same findings for any
 * number of threads. It throws the reason of the signal when that aborts.
 */
export interface InsightKind extends MethodDescriptor {
  /** Raised when the same recipe gives other findings. */
  readonly version: number;
  /** Meaning of the further numbers of its findings, by name. */
  readonly numbers: Readonly<Record<string, NumberMeaning>>;
  readonly needs: readonly Need[];
  /** Whether it counts or ranks alone: neither halves nor groups of samples change its findings. */
  readonly isUngrouped?: true;
  /** Whether its findings are the same for each output of a model: the search of the first output has them. */
  readonly readsNoOutput?: true;
  search(population: Population, context: SearchContext): KindReport | Promise<KindReport>;
}
