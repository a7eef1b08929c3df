import { gradients } from '@noema/autodiff';
import type { CompiledModel, LayerInfo } from '@noema/layers';
import { type Dim, type Graph, GraphBuilder, type Node, prune, listReads } from '@noema/onnx';
import { Program } from '../program.js';
import { runMemory } from './activation.memory.js';
import { findOutput } from './objective.js';
import { bakeWeights, type Weights } from './weights.js';

/**
 * Gradients of class scores at one layer. The part before the layer runs once per sample, and only the part
 * behind it once per class.
 */
export interface HeadGradientsProgram {
  readonly program: Program;
  /** Program input [m] int64: for each row of the head the sample, 0 to n − 1, that it continues. */
  readonly of: string;
  /**
   * Program input [m, …] like the model's output: one cotangent for each row of the head, one-hot for a
   * class.
   */
  readonly seed: string;
  /**
   * The layer's activation, [n, …] in the shape of `LayerInfo.dims`: a program output of the first part, and
   * a program input of the second, with one row per row of the head.
   */
  readonly activation: string;
  /** Program output with the scores of the head's rows, [m, …]. */
  readonly scores: string;
  /**
   * Program output with the gradients there, [m, …]; absent where they are zero because the scores do not
   * depend on the layer.
   */
  readonly gradient?: string;
}

const ROWS = 'm';

/**
 * Cuts the model at a layer: the graph up to the activation for n samples, then every tensor that crosses the
 * cut picked by `of` for m rows of the rest. Undefined for a model that cannot be cut there, because a tensor
 * that crosses is not a batch of samples along one axis or because the layer itself gives the scores; then
 * ask `gradientsProgram`. Throws `unsupported` GRADIENT_UNSUPPORTED only for operators behind the layer. With
 * `isGiven` the activations are not computed but fed, as integrated gradients of embeddings need it; then the
 * program takes only the other inputs that lead around the layer.
 */
export function headGradientsProgram(
  model: CompiledModel,
  weights: Weights,
  { activation }: Pick<LayerInfo, 'activation'>,
  { isGiven = false }: { readonly isGiven?: boolean } = {},
): HeadGradientsProgram | undefined {
  const output = findOutput(model);
  const scores = output.logits ?? output.tensor;
  if (activation === scores) return undefined;
  const whole = prune(bakeWeights(model, weights), [scores, activation]);
  const varying = reachedFrom(
    whole,
    whole.inputs.map(({ name }) => name),
  );
  const behind = reachedFrom(whole, [activation]);
  // A layer behind the scores, such as a last convolution with its sigmoid, does not move them.
  if (!behind.has(scores)) return undefined;
  const isBehind = ({ outputs }: Node): boolean =>
    outputs.some((name) => name !== activation && behind.has(name));
  const crossing = new Map(
    [...new Set(whole.nodes.filter(isBehind).flatMap(listReads))]
      .filter((name) => name === activation || (varying.has(name) && !behind.has(name)))
      .map((name) => [name, findBatchAxis(model.shapes.get(name))]),
  );
  const captures = whole.nodes.some(
    (node) =>
      isBehind(node) && listReads(node).some((name) => crossing.has(name) && !node.inputs.includes(name)),
  );
  if (captures || [...crossing.values()].some((axis) => axis === undefined)) return undefined;
  const builder = new GraphBuilder({
    ...whole,
    nodes: whole.nodes.filter((node) => !isBehind(node)),
    outputs: [],
  });
  const of = builder.input(builder.fresh('of'), [ROWS], 'int64');
  const seed = builder.input(builder.fresh('seed'), [ROWS, ...output.dims.slice(1)]);
  const picked = new Map(
    [...crossing].map(([name, axis]) => [name, builder.op('Gather', [name, of], { axis: axis! })]),
  );
  const given = isGiven
    ? builder.input(builder.fresh('given'), inRows(model.shapes.get(activation)!))
    : undefined;
  if (given !== undefined) picked.set(activation, given);
  for (const node of whole.nodes)
    if (isBehind(node)) builder.add({ ...node, inputs: node.inputs.map((name) => picked.get(name) ?? name) });
  const shapes = new Map(
    [...model.shapes].map(([name, dims]) => [
      name,
      behind.has(name) && name !== activation ? inRows(dims) : dims,
    ]),
  );
  for (const [name, pick] of picked) shapes.set(pick, inRows(model.shapes.get(name)!));
  const at = picked.get(activation);
  const rest =
    at === undefined
      ? undefined
      : gradients(builder.build(), { ofs: [{ tensor: scores, seed }], wrt: [at], shapes });
  const gradient = at === undefined ? undefined : rest?.gradientByTensor.get(at);
  const outputs = [
    ...(given === undefined ? [activation] : []),
    scores,
    ...(gradient === undefined ? [] : [gradient]),
  ];
  return {
    program: Program.of(prune(rest?.graph ?? builder.build(), outputs), runMemory(model, { backward: true })),
    of,
    seed,
    activation: given ?? activation,
    scores,
    ...(gradient === undefined ? {} : { gradient }),
  };
}

/** Returns the given tensors and all tensors that are computed from them. */
function reachedFrom({ nodes }: Graph, names: readonly string[]): Set<string> {
  const reached = new Set(names);
  for (const node of nodes)
    if (listReads(node).some((name) => reached.has(name))) for (const name of node.outputs) reached.add(name);
  return reached;
}

/** Returns the axis of samples; undefined unless there is exactly one. */
function findBatchAxis(dims: readonly Dim[] | undefined): number | undefined {
  const axis = dims?.indexOf('n') ?? -1;
  return axis >= 0 && dims!.lastIndexOf('n') === axis && !dims!.includes('?') ? axis : undefined;
}

const inRows = (dims: readonly Dim[]): Dim[] => dims.map((dim) => (dim === 'n' ? ROWS : dim));
