import { gradients } from '@noema/autodiff';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { runMemory } from './activation.memory.js';
import { type LossSpec, findOutput, type TargetInput, writeObjective } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

export interface GradientsRequest {
  /**
   * `scores`: of one output's scores (its logits where it has them), weighted by the input `seed`. `loss`: of
   * the per-sample loss.
   */
  readonly of: 'scores' | 'loss';
  /** Output whose scores are differentiated. Default: the first. */
  readonly output?: string;
  /** Needed for `loss`. */
  readonly losses?: readonly LossSpec[];
  /** Layers at whose activation the gradient is taken. */
  readonly layers?: readonly string[];
  /** Also at the model's inputs. */
  readonly inputs?: boolean;
  /** Operators without a kernel on the device (`MaxUnpool`). */
  readonly avoid?: readonly string[];
}

export interface GradientsProgram {
  readonly program: Program;
  /** Of `scores`: the program input [n, …] like the output, one cotangent per row: one-hot for one class. */
  readonly seed?: string;
  readonly targets: readonly TargetInput[];
  /** Program output with the scores, [n, …]. */
  readonly scores: string;
  readonly predictions: readonly string[];
  readonly loss?: string;
  /** By layer the program output with its activation, in the shape of `LayerInfo.dims`. */
  readonly activations: ReadonlyMap<string, string>;
  /**
   * By layer, and by input name, the program output with its gradient; absent where it is zero because
   * nothing depends on it.
   */
  readonly gradients: ReadonlyMap<string, string>;
}

/**
 * Writes the program of gradients with respect to activations and inputs. Throws `invalid` LAYER_UNKNOWN that
 * names the learned layers, `unsupported` GRADIENT_UNSUPPORTED.
 */
export function gradientsProgram(
  model: CompiledModel,
  weights: Weights,
  request: GradientsRequest,
): GradientsProgram {
  const { of, losses = [], layers = [], inputs = false, avoid = [] } = request;
  const builder = new GraphBuilder(bakeWeights(model, weights));
  const output = findOutput(model, request.output);
  const scores = output.logits ?? output.tensor;
  const objective =
    losses.length === 0 && of === 'scores' ? undefined : writeObjective(builder, model, losses);
  const seed =
    of === 'scores'
      ? builder.input('seed', output.dims)
      : builder.op('ConstantOfShape', [builder.op('Shape', [objective!.loss])], {
          value: { tensor: { dataType: 'float32', dims: [1], data: Float32Array.of(1) } },
        });
  const activations = new Map(layers.map((name) => [name, findLayer(model, name)]));
  const tensors = new Map([
    ...activations,
    ...(inputs ? model.inputs.map(({ name }) => [name, name] as const) : []),
  ]);
  const { graph, gradientByTensor } = gradients(builder.build(), {
    ofs: [{ tensor: of === 'scores' ? scores : objective!.loss, seed }],
    wrt: [...tensors.values()],
    shapes: model.shapes,
    avoid,
  });
  const found = new Map(
    [...tensors].flatMap(([name, tensor]) =>
      gradientByTensor.has(tensor) ? [[name, gradientByTensor.get(tensor)!] as const] : [],
    ),
  );
  const predictions = model.outputs.map(({ tensor }) => tensor);
  const outputs = [
    scores,
    ...predictions,
    ...activations.values(),
    ...found.values(),
    ...(objective === undefined ? [] : [objective.loss]),
  ];
  return {
    program: Program.of(prune(graph, outputs), runMemory(model, { backward: true })),
    targets: objective?.targets ?? [],
    scores,
    predictions,
    activations,
    gradients: found,
    ...(of === 'scores' ? { seed } : {}),
    ...(objective === undefined ? {} : { loss: objective.loss }),
  };
}

function findLayer({ name: model, layers }: CompiledModel, name: string): string {
  const layer = layers.find((l) => l.name === name);
  if (layer !== undefined) return layer.activation;
  throw new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `model "${model}" has no learned layer "${name}"; it has: ${layers.map((l) => l.name).join(', ')}`,
    { metadata: { layer: name } },
  );
}
