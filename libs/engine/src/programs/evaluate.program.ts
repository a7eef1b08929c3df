import type { CompiledModel } from '@noema/layers';
import { GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { runMemory } from './activation.memory.js';
import { croppedGraph } from './cropped.graph.js';
import { type ForwardOptions, groupedGraph } from './grouped.graph.js';
import { type LossSpec, type OutputLoss, type TargetInput, writeObjective } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

/** Predictions and, if requested, the per-sample loss. */
export interface EvaluateProgram {
  readonly program: Program;
  /** Program outputs that hold the predictions, one for each model output: float32 [n, …]. */
  readonly predictions: readonly string[];
  /** Program output of the per-sample loss, [n]; absent without losses. */
  readonly loss?: string;
  /** Program outputs of the per-sample loss of each output; the one of a single output equals `loss`. */
  readonly losses: readonly OutputLoss[];
  /** Additional inputs, for the ground truth. */
  readonly targets: readonly TargetInput[];
}

/** Builds the program of a model in inference mode. Without losses it has no ground-truth inputs. */
export function evaluateProgram(
  model: CompiledModel,
  weights: Weights,
  specs: readonly LossSpec[] = [],
  { inGroups = false }: ForwardOptions = {},
): EvaluateProgram {
  const builder = new GraphBuilder(croppedGraph({ ...model, graph: bakeWeights(model, weights) }).graph);
  const objective = specs.length === 0 ? undefined : writeObjective(builder, model, specs);
  const predictions = model.outputs.map(({ tensor }) => tensor);
  const losses = objective?.parts ?? [];
  const graph = prune(builder.build(), [
    ...new Set([
      ...predictions,
      ...losses.map(({ tensor }) => tensor),
      ...(objective === undefined ? [] : [objective.loss]),
    ]),
  ]);
  return {
    program: Program.of(inGroups ? groupedGraph(graph) : graph, runMemory(model)),
    predictions,
    losses,
    targets: objective?.targets ?? [],
    ...(objective === undefined ? {} : { loss: objective.loss }),
  };
}
