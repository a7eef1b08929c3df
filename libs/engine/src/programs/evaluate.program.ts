import type { CompiledModel } from '@noema/layers';
import { GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { isLarge } from './activation.memory.js';
import { croppedGraph } from './cropped.graph.js';
import { type ForwardOptions, groupedGraph } from './grouped.graph.js';
import { type LossSpec, type TargetInput, writeObjective } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

/** Predictions and, if requested, the per-sample loss. */
export interface EvaluateProgram {
  readonly program: Program;
  /** Program outputs that hold the predictions, one for each model output: float32 [n, …]. */
  readonly predictions: readonly string[];
  /** Program output of the per-sample loss, [n]; absent without losses. */
  readonly loss?: string;
  /** Additional inputs, for the ground truth. */
  readonly targets: readonly TargetInput[];
}

/** Builds the program of a model in inference mode. Without losses it has no ground-truth inputs. */
export function evaluateProgram(
  model: CompiledModel,
  weights: Weights,
  losses: readonly LossSpec[] = [],
  { inGroups = false }: ForwardOptions = {},
): EvaluateProgram {
  const builder = new GraphBuilder(croppedGraph({ ...model, graph: bakeWeights(model, weights) }).graph);
  const objective = losses.length === 0 ? undefined : writeObjective(builder, model, losses);
  const predictions = model.outputs.map(({ tensor }) => tensor);
  const graph = prune(builder.build(), [
    ...predictions,
    ...(objective === undefined ? [] : [objective.loss]),
  ]);
  return {
    program: Program.of(inGroups ? groupedGraph(graph) : graph, { isLarge: isLarge(model) }),
    predictions,
    targets: objective?.targets ?? [],
    ...(objective === undefined ? {} : { loss: objective.loss }),
  };
}
