import type { CompiledModel } from '@noema/layers';
import { prune } from '@noema/onnx';
import { Program } from '../program.js';
import { runMemory } from './activation.memory.js';
import { findOutput } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

/** Scores and whole activations, for models that may have no gradients. */
export interface ActivationsProgram {
  readonly program: Program;
  /** Program output with the scores of the first output (its logits where it has them), [n, …]. */
  readonly scores: string;
  /** By layer the program output with its activation, in the shape of `LayerInfo.dims`. */
  readonly activations: ReadonlyMap<string, string>;
}

/**
 * Builds the program of a model's scores and the activations of all learned layers. Fetch only the outputs
 * that you need.
 */
export function activationsProgram(model: CompiledModel, weights: Weights): ActivationsProgram {
  const output = findOutput(model);
  const scores = output.logits ?? output.tensor;
  const activations = new Map(model.layers.map(({ name, activation }) => [name, activation]));
  return {
    program: Program.of(
      prune(bakeWeights(model, weights), [scores, ...activations.values()]),
      runMemory(model),
    ),
    scores,
    activations,
  };
}
