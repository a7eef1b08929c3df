import { type CompiledModel, followedLayers, type LayerInfo } from '@noema/layers';
import { type Dim, GraphBuilder, type Node, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { runMemory } from './activation.memory.js';
import { type ForwardOptions, groupedGraph } from './grouped.graph.js';
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

/**
 * Responses of all learned units, predictions, and optionally the per-sample loss: a few hundred floats per
 * sample.
 */
export interface ResponsesProgram {
  readonly program: Program;
  readonly layers: readonly LayerResponses[];
  /**
   * Program output [n, units of all layers] float32 of the means, one layer after the other; absent for a
   * model without learned units.
   */
  readonly means?: string;
  /** The same of the maxima. */
  readonly maxima?: string;
  readonly predictions: readonly string[];
  readonly loss?: string;
  readonly targets: readonly TargetInput[];
}

/** How the program of responses is written. */
export interface ResponsesOptions extends ForwardOptions {
  /** Names of the layers to follow, learned ones and outputs of blocks; all learned ones when empty. */
  readonly follow?: readonly string[];
}

/**
 * Writes the program of a model in inference mode; the reductions are part of the graph, so feature maps
 * never leave it.
 */
export function responsesProgram(
  model: CompiledModel,
  weights: Weights,
  losses: readonly LossSpec[] = [],
  { inGroups = false, follow = [] }: ResponsesOptions = {},
): ResponsesProgram {
  const builder = new GraphBuilder(bakeWeights(model, weights));
  const layers = followedLayers(model, follow).map((layer) => ({
    layer,
    mean: mean(builder, layer),
    max: largest(builder, layer, model),
  }));
  const together =
    layers.length === 0
      ? {}
      : {
          means: builder.op(
            'Concat',
            layers.map((layer) => layer.mean),
            { axis: 1 },
          ),
          maxima: builder.op(
            'Concat',
            layers.map((layer) => layer.max),
            { axis: 1 },
          ),
        };
  const objective = losses.length === 0 ? undefined : writeObjective(builder, model, losses);
  const predictions = model.outputs.map(({ tensor }) => tensor);
  const outputs = [
    ...layers.flatMap((layer) => [layer.mean, layer.max]),
    ...Object.values(together),
    ...predictions,
    ...(objective === undefined ? [] : [objective.loss]),
  ];
  const graph = prune(builder.build(), outputs);
  return {
    program: Program.of(inGroups ? groupedGraph(graph) : graph, runMemory(model)),
    layers,
    ...together,
    predictions,
    targets: objective?.targets ?? [],
    ...(objective === undefined ? {} : { loss: objective.loss }),
  };
}

const mean = (builder: GraphBuilder, layer: LayerInfo): string =>
  reduce(builder, layer, layer.activation, 'Average');

/** The maximum of a max-pooled map is the maximum of the map, and faster to compute. */
function largest(builder: GraphBuilder, layer: LayerInfo, { graph, shapes }: CompiledModel): string {
  const pool =
    layer.unitAxis === 1
      ? graph.nodes.find(
          (node) => node.inputs[0] === layer.activation && seesAll(node, layer.spatial, shapes),
        )
      : undefined;
  return reduce(builder, layer, pool?.outputs[0] ?? layer.activation, 'Max');
}

/** True for a largest pooling whose windows leave out no position. */
function seesAll(
  { opType, domain, inputs, outputs, attributes }: Node,
  spatial: readonly number[],
  shapes: CompiledModel['shapes'],
): boolean {
  if (opType !== 'MaxPool' || domain !== undefined) return false;
  const numbers = (name: string, otherwise: number): readonly number[] =>
    (attributes[name] as readonly number[] | undefined) ?? spatial.map(() => otherwise);
  const [window, strides, dilations, pads, pooled] = [
    numbers('kernel_shape', 0),
    numbers('strides', 1),
    numbers('dilations', 1),
    numbers('pads', 0),
    shapes.get(outputs[0]!)?.slice(2),
  ];
  return (
    spatial.length > 0 &&
    shapes.get(inputs[0]!)?.length === spatial.length + 2 &&
    spatial.every((size, i) => {
      const count = pooled?.[i] as Dim;
      return (
        dilations[i] === 1 &&
        window[i]! >= strides[i]! &&
        typeof count === 'number' &&
        (count - 1) * strides[i]! + window[i]! - pads[i]! >= size
      );
    })
  );
}

function reduce(
  builder: GraphBuilder,
  { activation, unitAxis, positionAxes }: LayerInfo,
  of: string,
  by: 'Average' | 'Max',
): string {
  if (positionAxes.length === 0) return activation;
  // Pools over channels-first maps keep the runtime's blocked layout.
  if (unitAxis === 1) return builder.op('Flatten', [builder.op(`Global${by}Pool`, [of])], { axis: 1 });
  return builder.op(by === 'Average' ? 'ReduceMean' : 'ReduceMax', [of, builder.constant(positionAxes)], {
    keepdims: 0,
  });
}
