import { gradients, integrationLoss } from '@noema/autodiff';
import { DomainError } from '@noema/kernel';
import type { CompiledModel, MaskSpec, ParameterSpec } from '@noema/layers';
import { type Dim, type Graph, GraphBuilder, prune } from '@noema/onnx';
import { Program } from '../program.js';
import { croppedGraph } from './cropped.graph.js';
import { type LossSpec, findOutput, type TargetInput, writeObjective } from './objective.js';
import { pooledGraph } from './pooled.graph.js';
import { type PooledTower, buildTower } from './pooled.tower.js';

/** Effect of a step on one parameter. */
export interface StepParameter {
  readonly parameter: ParameterSpec;
  /**
   * Program output with the gradient, in `graphDims`; absent when the parameter is not trained, or belongs to
   * the tower.
   */
  readonly gradient?: string;
  /** Program output with the value that replaces the parameter (moving statistics). */
  readonly update?: string;
}

/**
 * Forward, backward and loss in one graph; parameters and masks are inputs, so that one session serves the
 * whole training.
 */
export interface TrainStepProgram {
  readonly program: Program;
  /** Input [n]: the weight of each row's loss, 1 / batch for the mean over a batch. */
  readonly scale: string;
  /** Output [n]: the loss of each row, unweighted. */
  readonly loss: string;
  readonly targets: readonly TargetInput[];
  readonly masks: readonly MaskSpec[];
  readonly parameters: readonly StepParameter[];
  /** The part of the program that kernels compute. */
  readonly tower?: PooledTower;
  /** The prediction that a loss outside of the graph takes, and the input for its gradient. */
  readonly scored?: ScoredOutput;
}

/** An output whose loss is computed outside of the graph. */
export interface ScoredOutput {
  /** Program output of the predictions. */
  readonly prediction: string;
  /** Program input of the gradients, in the shape of the predictions. */
  readonly target: string;
  /** Shape of one prediction. */
  readonly dims: readonly number[];
}

export interface TrainStepOptions {
  /** Operators without a kernel in the runtime. */
  readonly avoid?: readonly string[];
  /** If true, omits the tower, if the model starts with one. */
  readonly withTower?: boolean;
}

/**
 * Writes the program of a model in training mode. Throws as `writeObjective`, and `unsupported`
 * GRADIENT_UNSUPPORTED, TRAINING_SETTING_UNSUPPORTED.
 */
export function trainStepProgram(
  model: CompiledModel,
  losses: readonly LossSpec[],
  { avoid = [], withTower = false }: TrainStepOptions = {},
): TrainStepProgram {
  refuseTrainingOnly(model);
  const cropped = { ...model, ...croppedGraph(model) };
  const whole = { ...model, ...pooledGraph(cropped, { inPhases: false }) };
  const begin = withTower ? buildTower(whole) : undefined;
  const blocks = begin?.blocks ?? [];
  const [bottom, ...upper] = blocks;
  const top = blocks.at(-1);
  const pooled =
    bottom === undefined
      ? pooledGraph(cropped)
      : {
          ...whole,
          graph: fedWith(whole.graph, bottom.pooled, ['n', ...whole.shapes.get(bottom.pooled)!.slice(1)]),
        };
  const builder = new GraphBuilder(pooled.graph);
  const { loss, targets } = writeObjective(builder, model, losses);
  const scale = builder.input('scale', ['n']);
  const inTower = new Set(blocks.flatMap(({ kernel, bias }) => [kernel, bias]));
  const trained = model.parameters
    .filter(({ name, trainable }) => trainable && !inTower.has(name))
    .map(({ name }) => name);
  const { graph, gradientByTensor } = gradients(builder.build(), {
    ofs: [{ tensor: loss, seed: scale }],
    wrt: [...trained, ...(top === undefined ? [] : [top.pooled])],
    shapes: pooled.shapes,
    avoid,
  });
  const updates = new Map(model.updates.map(({ parameter, tensor }) => [parameter, tensor]));
  const parameters = model.parameters.map((parameter): StepParameter => {
    const [gradient, update] = [gradientByTensor.get(parameter.name), updates.get(parameter.name)];
    return {
      parameter,
      ...(gradient === undefined ? {} : { gradient }),
      ...(update === undefined ? {} : { update }),
    };
  });
  const scored = scoredOutput(model, losses, targets);
  const tower = begin && { ...begin, gradient: gradientByTensor.get(top!.pooled)! };
  const outputs = [
    loss,
    ...parameters.flatMap(({ gradient, update }) => [gradient, update]),
    ...upper.flatMap((block) => [block.plane, block.pooled]),
    tower?.gradient,
    scored?.prediction,
  ].filter((name) => name !== undefined);
  return {
    program: Program.of(prune(graph, outputs)),
    scale,
    loss,
    targets,
    masks: model.masks,
    parameters,
    ...(tower && { tower }),
    ...(scored && { scored }),
  };
}

/** The output whose loss the integration of the data computes. */
function scoredOutput(
  model: CompiledModel,
  losses: readonly LossSpec[],
  targets: readonly TargetInput[],
): ScoredOutput | undefined {
  const at = losses.findIndex(({ loss }) => loss === integrationLoss.key);
  if (at === -1) return undefined;
  const { name: target, dims } = targets[at]!;
  return { prediction: findOutput(model, losses[at]!.output).tensor, target, dims };
}

/** Returns the graph with a computed tensor turned into an input. */
function fedWith(graph: Graph, name: string, dims: readonly Dim[]): Graph {
  return {
    ...graph,
    inputs: [...graph.inputs, { name, dims, dataType: 'float32' }],
    nodes: graph.nodes.filter(({ outputs }) => !outputs.includes(name)),
  };
}

/**
 * Training without a regularizer would give other weights than the model's author requested. Throws `unsupported`
 * TRAINING_SETTING_UNSUPPORTED.
 */
export function refuseTrainingOnly({ trainingOnly: [first, ...others] }: CompiledModel): void {
  if (first === undefined) return;
  const { layer, kind, setting, value } = first;
  const more = others.length === 0 ? '' : ` (and ${others.length} more settings like it)`;
  throw new DomainError(
    'unsupported',
    'TRAINING_SETTING_UNSUPPORTED',
    `layer "${layer}" (${kind}) has ${setting} ${JSON.stringify(value)}${more}, which training does not ` +
      'apply; evaluate the model without training, or remove the setting to train it (the optimizer adamw has ' +
      'weight_decay)',
    { metadata: { layer, setting } },
  );
}
