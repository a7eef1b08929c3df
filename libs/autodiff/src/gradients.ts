import { type Dim, type Graph, GraphBuilder, type Node, listReads } from '@noema/onnx';
import { gradientUnsupported, tensorUnknown } from './gradient.errors.js';
import { gradientRules } from './gradient.registry.js';
import type { Body, GradientRule } from './gradient.rule.js';
import { GradientWriter } from './gradient.writer.js';
import { isConstantFor } from './gradients/blocked.js';
import { inferTensors, type TensorInfo } from './tensor.inference.js';

/** A request for gradients. */
export interface GradientRequest {
  /**
   * Tensors to differentiate, each with the tensor of the same shape that holds its cotangent (usually a
   * graph input: ones, a one-hot row, 1/n).
   */
  readonly ofs: readonly { readonly tensor: string; readonly seed: string }[];
  /** Inputs, parameters or activations to differentiate with respect to. */
  readonly wrt: readonly string[];
  /**
   * Known shapes in addition to the shapes of inputs and constants. They make the gradient cheaper, but never
   * change it.
   */
  readonly shapes?: ReadonlyMap<string, readonly Dim[]>;
  /** Operators without a kernel in the runtime that this is for (`MaxUnpool` on CUDA). */
  readonly avoid?: readonly string[];
}

export interface GradientResult {
  /**
   * The graph, followed by the gradients' operators. Its outputs are unchanged: declare the outputs that you
   * need and call `prune`.
   */
  readonly graph: Graph;
  /**
   * For each tensor of `wrt` the tensor that holds its gradient, of the same shape; absent when nothing in
   * `ofs` depends on it (the gradient is zero).
   */
  readonly gradientByTensor: ReadonlyMap<string, string>;
}

/**
 * Reverse-mode gradients on the level of ONNX operators: for each w of `wrt`, Σ over `ofs` of (∂tensor/∂w)ᵀ ·
 * seed. Only operators on a path from `wrt` to `ofs` are visited. Throws `unsupported` GRADIENT_UNSUPPORTED
 * that names an operator on such a path that has no gradient, `invalid` TENSOR_UNKNOWN for a name that is not
 * in the graph. (Baydin et al., Automatic differentiation in machine learning, JMLR 2018.)
 */
export function gradients(graph: Graph, { ofs, wrt, shapes, avoid = [] }: GradientRequest): GradientResult {
  const onTheWay = dependents(graph, wrt);
  const written = inPlainOperators(graph, ({ outputs }) => outputs.some((output) => onTheWay.has(output)));
  const prepared = prepare(written, dependents(written, wrt));
  const builder = new GraphBuilder(prepared);
  for (const { tensor, seed } of ofs) {
    if (!builder.has(tensor)) throw tensorUnknown(tensor, 'which is to be differentiated');
    if (!builder.has(seed)) throw tensorUnknown(seed, `the cotangent of "${tensor}"`);
  }
  for (const tensor of wrt)
    if (!builder.has(tensor)) throw tensorUnknown(tensor, 'which is differentiated by');
  const gradientByTensor = differentiate(
    { graph: prepared, builder, facts: inferTensors(prepared, shapes), shapes, avoid: new Set(avoid) },
    ofs,
    wrt,
  );
  return {
    graph: { ...builder.build(), ...(graph.opset === undefined ? {} : { opset: graph.opset }) },
    gradientByTensor,
  };
}

/** A graph that is being extended, or a body inside one. */
interface Site {
  readonly graph: Graph;
  readonly builder: GraphBuilder;
  readonly facts: Map<string, TensorInfo>;
  readonly shapes: GradientRequest['shapes'];
  readonly avoid: ReadonlySet<string>;
}

function differentiate(site: Site, ofs: GradientRequest['ofs'], wrt: readonly string[]): Map<string, string> {
  const { graph, builder, facts, avoid } = site;
  const dependent = dependents(graph, wrt);
  const write = new GradientWriter(builder, facts, graph.initializers);
  const arrived = new Map<string, string>();
  const arrive = (tensor: string, cotangent: string): void => {
    const before = arrived.get(tensor);
    write.learnFrom(cotangent, tensor);
    arrived.set(tensor, before === undefined ? cotangent : write.op('Add', [before, cotangent]));
  };
  for (const { tensor, seed } of ofs) arrive(tensor, seed);
  for (const node of graph.nodes.toReversed()) {
    if (
      !node.outputs.some((output) => arrived.has(output)) ||
      !node.outputs.some((output) => dependent.has(output))
    )
      continue;
    const backward = findRule(node).backward({
      node,
      write,
      avoid,
      cotangent: (i) => arrived.get(node.outputs[i] ?? ''),
      wants: (i) => dependent.has(node.inputs[i] ?? ''),
      depends: (tensor) => dependent.has(tensor),
      arrive,
      body: (body) => buildBody(site, body),
    });
    backward.forEach((cotangent, i) => {
      const input = node.inputs[i];
      if (cotangent !== undefined && input !== undefined && dependent.has(input)) arrive(input, cotangent);
    });
  }
  return new Map(
    wrt.flatMap((tensor) => (arrived.has(tensor) ? [[tensor, arrived.get(tensor)!] as const] : [])),
  );
}

function buildBody({ builder: outer, facts: around, shapes, avoid }: Site, graph: Graph): Body {
  const builder = new GraphBuilder(graph, outer.fresh(graph.name), outer);
  const facts = inferTensors(graph, shapes, around);
  return {
    builder,
    write: new GradientWriter(builder, facts, graph.initializers),
    differentiate: (ofs, wrt) => differentiate({ graph, builder, facts, shapes, avoid }, ofs, wrt),
  };
}

/** The tensors whose value moves when one of `wrt` moves. */
function dependents(graph: Graph, wrt: readonly string[]): Set<string> {
  const dependent = new Set(wrt);
  for (const node of graph.nodes) {
    if (isConstantFor(node) || !listReads(node).some((input) => dependent.has(input))) continue;
    for (const output of node.outputs) if (output !== '') dependent.add(output);
  }
  return dependent;
}

function findRule(node: Node): GradientRule {
  const key = node.domain === undefined ? node.opType : `${node.domain}::${node.opType}`;
  const rule = gradientRules.find(key);
  if (rule === undefined) throw gradientUnsupported(key, node);
  return rule;
}

/**
 * Returns the graph with the chosen composite nodes (LSTM, GRU, RNN) written in simple operators. Throws
 * `unsupported` GRADIENT_UNSUPPORTED for forms that cannot be rewritten.
 */
export function inPlainOperators(graph: Graph, isChosen: (node: Node) => boolean): Graph {
  const ruleFor = (node: Node): GradientRule['rewrite'] =>
    node.domain === undefined && isChosen(node) ? gradientRules.find(node.opType)?.rewrite : undefined;
  if (!graph.nodes.some(ruleFor)) return graph;
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes) {
    const write = ruleFor(node);
    if (write === undefined) builder.add(node);
    else write(node, builder);
  }
  return {
    ...builder.build(),
    outputs: graph.outputs,
    ...(graph.opset === undefined ? {} : { opset: graph.opset }),
  };
}

function prepare(graph: Graph, dependent: ReadonlySet<string>): Graph {
  const names = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const fresh = (hint: string): string => {
    let name = hint;
    while (names.has(name) || graph.initializers.has(name)) name += '_';
    names.add(name);
    return name;
  };
  const nodes = graph.nodes.map((node) =>
    node.outputs.some((output) => dependent.has(output))
      ? (gradientRules.find(node.opType)?.prepare?.(node, fresh) ?? node)
      : node,
  );
  return { ...graph, nodes };
}
