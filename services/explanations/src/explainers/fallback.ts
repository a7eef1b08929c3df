import { DomainError } from '@noema/kernel';
import type { Fallback } from '../analysis/analysis.js';
import type { Explained, Explanation } from './explainer.js';
import { explainers } from './explainer.registry.js';

/** Explainers of a class for models without gradients. */
const INSTEAD: readonly string[] = ['occlusion', 'rise'];

/** An explanation and how it was made. */
export interface ExplanationResult extends Explanation {
  readonly key: string;
  /** True when negative values mean something. */
  readonly signed: boolean;
}

/** True for the error of a model that cannot be differentiated where it would have to be. */
const lacksGradient = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.reason === 'GRADIENT_UNSUPPORTED';

/** Returns the result of a computation with gradients, or nothing if the model has no gradients. */
export async function ifDifferentiable<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await asked;
  } catch (error) {
    if (lacksGradient(error)) return [];
    throw error;
  }
}

/**
 * Explains a sample by several algorithms, each once. If the model has no gradients for one, perturbation
 * methods explain the classes instead, and a fallback records the reason; for the loss there is no
 * replacement. `onNext` is called before each algorithm.
 */
export async function explainAll(
  of: Explained,
  keys: readonly string[],
  onNext: (key: string, index: number) => void,
): Promise<{ explanations: ExplanationResult[]; fallbacks: Fallback[] }> {
  const made = new Map<string, readonly Explanation[]>();
  const fallbacks: Fallback[] = [];
  const make = async (key: string): Promise<void> => {
    if (!made.has(key)) made.set(key, await explainers.get(key).explain(of));
  };
  for (const [index, key] of keys.entries()) {
    onNext(key, index);
    try {
      await make(key);
    } catch (error) {
      if (!lacksGradient(error)) throw error;
      const used = explainers.get(key).facts.explains === 'loss' ? [] : INSTEAD;
      for (const instead of used) await make(instead);
      fallbacks.push({ asked: key, used, reason: error.message });
    }
  }
  return {
    explanations: [...made].flatMap(([key, explanations]) =>
      explanations.map((explanation) => ({
        ...explanation,
        key,
        signed: explainers.get(key).facts.signed,
      })),
    ),
    fallbacks,
  };
}
