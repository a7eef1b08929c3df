import { type JobResource, deriveUuid } from '@noema/kernel';
import { branchKey } from '../analysis/analysis.js';
import type { RowsSource } from '../population/population.js';

/** Samples that are explained, spread evenly over the population. */
export const CHECKED_SAMPLES = 32;
/** Seed of the random weights. */
export const RANDOMIZATION_SEED = 42;
/**
 * Maps that still agree this much with the maps of the trained model do not depend on what it has learned.
 */
export const MAX_AGREEMENT = 0.5;
/** Samples that one worker explains at a time. */
const SAMPLES_PER_SHARD = 8;
/** Grows with every change of what the numbers mean, so that no check of before is taken for one of now. */
const METHOD = 3;
/** Most randomisations; of more layers, these are spread evenly. */
const MAX_STEPS = 12;

/** How alike the maps are once the weights down to a layer are random. */
export interface RandomizationStep {
  readonly layer: string;
  /**
   * Mean over the samples of Spearman's correlation of the drawn values, with their signs where a map has
   * them, −1 to 1.
   */
  readonly rankCorrelation: number;
  /**
   * The same of the sizes of the values; on inputs with much empty ground it is high whatever the weights
   * are.
   */
  readonly sizeRankCorrelation: number;
}

export interface SanityResult {
  readonly algorithm: string;
  /** From the output to the input. */
  readonly steps: readonly RandomizationStep[];
  readonly passed: boolean;
}

/** The check whether heat maps depend on what the model has learned (Adebayo et al. 2018). */
export interface SanityCheck extends JobResource {
  /** `rows` are the samples that are explained. */
  readonly source: RowsSource;
  readonly results: readonly SanityResult[];
}

/** The id of a check: asking twice for the same finds the same one. */
export const sanityCheckId = (source: RowsSource): string =>
  deriveUuid('sanity-check', String(METHOD), source.runId, String(source.epoch), ...branchKey(source));

/** Shards of the work on a check. */
export const sanityShards = ({ rows }: RowsSource): number =>
  Math.max(1, Math.ceil(rows.length / SAMPLES_PER_SHARD));

/**
 * The layers down to which weights are made random, from the output to the input; the first layer of the
 * model is always the last.
 */
export function planCascade(layers: readonly string[]): string[] {
  const upwards = layers.toReversed();
  const count = Math.min(MAX_STEPS, upwards.length);
  return Array.from({ length: count }, (_, i) => upwards[Math.ceil(((i + 1) * upwards.length) / count) - 1]!);
}

/**
 * Returns the result of the check for an algorithm: passed when its drawn maps do not outlive the weights.
 */
export const toResult = (algorithm: string, steps: readonly RandomizationStep[]): SanityResult => ({
  algorithm,
  steps,
  passed: (steps.at(-1)?.rankCorrelation ?? 1) < MAX_AGREEMENT,
});
