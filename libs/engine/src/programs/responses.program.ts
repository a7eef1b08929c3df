import type { CompiledModel, LayerInfo } from '@noema/layers';
import { GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { type LossSpec, type TargetInput, writeObjective } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

/** Where one layer's responses are: program outputs of shape [n, units], float32. */
export interface LayerResponses {
  readonly layer: LayerInfo;
  /** Mean over positions of the activation after the non-linearity. */
  readonly mean: string;
  /** Maximum over positions; the same output as `mean` where a unit has one number per sample. */
  readonly max: string;
}

/** Responses of all learned units, predictions, and the per-sample loss when asked for: a few hundred floats a sample. */
export interface ResponsesProgram {
  readonly program: Program;
  readonly layers: readonly LayerResponses[];
  readonly predictions: readonly string[];
  readonly loss?: string;
  readonly targets: readonly TargetInput[];
}

/** Writes the program of a model in inference mode; the reductions are part of the graph, so feature maps never leave it. */
export function responsesProgram(model: CompiledModel, weights: Weights, losses: readonly LossSpec[] = []): ResponsesProgram {
  const builder = new GraphBuilder(bakeWeights(model, weights));
  const layers = model.layers.map((layer) => ({ layer, mean: reduce(builder, layer, 'Average'), max: reduce(builder, layer, 'Max') }));
  const objective = losses.length === 0 ? undefined : writeObjective(builder, model, losses);
  const predictions = model.outputs.map(({ tensor }) => tensor);
  const outputs = [...layers.flatMap(({ mean, max }) => [mean, max]), ...predictions, ...(objective === undefined ? [] : [objective.loss])];
  return {
    program: Program.of(prune(builder.build(), [...new Set(outputs)])),
    layers,
    predictions,
    targets: objective?.targets ?? [],
    ...(objective === undefined ? {} : { loss: objective.loss }),
  };
}

function reduce(builder: GraphBuilder, { activation, unitAxis, positionAxes }: LayerInfo, by: 'Average' | 'Max'): string {
  if (positionAxes.length === 0) return activation;
  // Pools over channels-first maps keep the runtime's blocked layout.
  if (unitAxis === 1) return builder.op('Flatten', [builder.op(`Global${by}Pool`, [activation])], { axis: 1 });
  return builder.op(by === 'Average' ? 'ReduceMean' : 'ReduceMax', [activation, builder.constant(positionAxes)], { keepdims: 0 });
}
