import { gradients } from '@noema/autodiff';
import type { CompiledModel, MaskSpec, ParameterSpec } from '@noema/layers';
import { GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { croppedGraph } from './cropped.graph.js';
import { type LossSpec, type TargetInput, writeObjective } from './objective.js';
import { pooledGraph } from './pooled.graph.js';

/** What a step does to one parameter. */
export interface StepParameter {
  readonly parameter: ParameterSpec;
  /** Program output with the gradient, in `graphDims`; absent when the parameter is not trained. */
  readonly gradient?: string;
  /** Program output with the value that replaces the parameter (moving statistics). */
  readonly update?: string;
}

/** Forward, backward and loss in one graph; parameters and masks are inputs, so that one session serves the whole training. */
export interface TrainStepProgram {
  readonly program: Program;
  /** Input [n]: the weight of each row's loss, 1 / batch for the mean over a batch. */
  readonly scale: string;
  /** Output [n]: the loss of each row, unweighted. */
  readonly loss: string;
  readonly targets: readonly TargetInput[];
  readonly masks: readonly MaskSpec[];
  readonly parameters: readonly StepParameter[];
}

/** Writes the program of a model in training mode. Throws as `writeObjective`, and `unsupported` GRADIENT_UNSUPPORTED. */
export function trainStepProgram(model: CompiledModel, losses: readonly LossSpec[], { avoid = [] }: { readonly avoid?: readonly string[] } = {}): TrainStepProgram {
  const pooled = pooledGraph({ ...model, ...croppedGraph(model) });
  const builder = new GraphBuilder(pooled.graph);
  const { loss, targets } = writeObjective(builder, model, losses);
  const scale = builder.input('scale', ['n']);
  const trained = model.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  const { graph, gradientOf } = gradients(builder.build(), { ofs: [{ tensor: loss, seed: scale }], wrt: trained, shapes: pooled.shapes, avoid });
  const updates = new Map(model.updates.map(({ parameter, tensor }) => [parameter, tensor]));
  const parameters = model.parameters.map((parameter): StepParameter => {
    const [gradient, update] = [gradientOf.get(parameter.name), updates.get(parameter.name)];
    return { parameter, ...(gradient === undefined ? {} : { gradient }), ...(update === undefined ? {} : { update }) };
  });
  const outputs = [loss, ...parameters.flatMap(({ gradient, update }) => [gradient, update]).filter((name) => name !== undefined)];
  return { program: Program.of(prune(graph, [...new Set(outputs)])), scale, loss, targets, masks: model.masks, parameters };
}
