import { DomainError } from '@noema/kernel';
import { type Dim, type Node, listReads } from '@noema/onnx';
import type { CompiledModel, LayerInfo } from './compiled-model.js';

/** The kind that a block's output has in tables of layers. */
const BLOCK = 'Block';
/**
 * Number of learned layers of the head that are proposed in addition to blocks: the input of the prediction,
 * and the prediction.
 */
const HEAD_LAYERS = 2;

/**
 * Returns the start and end points of a residual network's shortcuts in the order of the graph, as layers
 * without parameters named `block_1`, `block_2`, …. If a block ends in a non-linearity, its output is the
 * point. Empty for a model without shortcuts. A shortcut is a sum of two tensors of equal shape that both
 * depend on a learned layer.
 */
export function blockOutputs(model: CompiledModel): LayerInfo[] {
  const graph = new Ancestry(model);
  const tensors = new Set<string>();
  for (const node of model.graph.nodes) {
    const entry = findEntry(node, graph, model);
    if (entry === undefined) continue;
    tensors.add(entry);
    tensors.add(graph.bent(node.outputs[0]!));
  }
  const ordered = [...tensors].toSorted((a, b) => graph.getOrder(a) - graph.getOrder(b));
  const taken = new Set(model.summary.map(({ name }) => name));
  const described = ordered.flatMap((tensor) => {
    const like = graph.nearestLayer(tensor);
    return like === undefined ? [] : [describe(tensor, model.shapes.get(tensor)!, like)];
  });
  return described.map((block, i) => ({
    ...block,
    name: taken.has(`block_${i + 1}`) ? `block_output_${i + 1}` : `block_${i + 1}`,
  }));
}

/**
 * Returns the names of the layers that are proposed instead of all: the outputs of blocks, and the last two
 * learned layers if they are behind the last block. Empty for a model without shortcuts.
 */
export function proposedLayers(
  model: CompiledModel,
  blocks: readonly LayerInfo[] = blockOutputs(model),
): string[] {
  if (blocks.length === 0) return [];
  const graph = new Ancestry(model);
  const last = graph.getOrder(blocks.at(-1)!.activation);
  return [
    ...blocks,
    ...model.layers.slice(-HEAD_LAYERS).filter(({ activation }) => graph.getOrder(activation) > last),
  ].map(({ name }) => name);
}

/**
 * The layers of these names, learned ones and outputs of blocks, in the order of the graph; all learned
 * layers when there are no names. Throws for a name that the model does not have.
 */
export function followedLayers(model: CompiledModel, names: readonly string[]): readonly LayerInfo[] {
  if (names.length === 0) return model.layers;
  const known = [...model.layers, ...blockOutputs(model)];
  const unknown = names.find((name) => !known.some((layer) => layer.name === name));
  if (unknown !== undefined)
    throw new DomainError('invalid', 'LAYER_UNKNOWN', `model "${model.name}" has no layer "${unknown}"`, {
      metadata: { layer: unknown },
    });
  const graph = new Ancestry(model);
  return known
    .filter(({ name }) => names.includes(name))
    .toSorted((a, b) => graph.getOrder(a.activation) - graph.getOrder(b.activation));
}

/** Returns the start of the shortcut that ends at this node; `undefined` if the node ends none. */
function findEntry(
  { opType, inputs, outputs }: Node,
  graph: Ancestry,
  { shapes }: CompiledModel,
): string | undefined {
  if (opType !== 'Add') return undefined;
  const [left, right] = inputs as [string, string];
  const dims = shapes.get(outputs[0]!);
  if (
    dims?.[0] !== 'n' ||
    dims.length < 2 ||
    left === right ||
    [left, right].some((tensor) => shapes.get(tensor)?.join() !== dims.join())
  )
    return undefined;
  const ofLeft = graph.of(left);
  const shared = [...graph.of(right)].filter((tensor) => ofLeft.has(tensor));
  const entry = shared.reduce<string | undefined>(
    (latest, tensor) =>
      latest === undefined || graph.getOrder(tensor) > graph.getOrder(latest) ? tensor : latest,
    undefined,
  );
  return entry !== undefined && graph.nearestLayer(entry) !== undefined ? entry : undefined;
}

function describe(
  activation: string,
  dims: readonly Dim[],
  { unitAxis, isConvolution }: LayerInfo,
): Omit<LayerInfo, 'name'> {
  const positionAxes = dims.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== unitAxis);
  return {
    kind: BLOCK,
    units: Number(dims[unitAxis]),
    activation,
    dims,
    unitAxis,
    positionAxes,
    spatial: positionAxes.map((axis) => Number(dims[axis])),
    isConvolution,
    parameters: [],
  };
}

/** Dependencies of each tensor of a model. */
class Ancestry {
  private readonly writers = new Map<string, { readonly node: Node; readonly order: number }>();
  private readonly readers = new Map<string, Node[]>();
  private readonly varying: ReadonlySet<string>;

  constructor(private readonly model: CompiledModel) {
    const varying = new Set(model.inputs.map(({ name }) => name));
    model.graph.nodes.forEach((node, order) => {
      for (const output of node.outputs) this.writers.set(output, { node, order });
      for (const input of new Set(listReads(node)))
        this.readers.set(input, [...(this.readers.get(input) ?? []), node]);
      if (listReads(node).some((input) => varying.has(input)))
        for (const output of node.outputs) varying.add(output);
    });
    this.varying = varying;
  }

  /** Returns the position in the graph of the operator that writes the tensor; −1 for an input. */
  getOrder(tensor: string): number {
    return this.writers.get(tensor)?.order ?? -1;
  }

  /** Returns the tensor and all data-dependent tensors that it depends on. */
  of(tensor: string): Set<string> {
    const found = new Set(this.varying.has(tensor) ? [tensor] : []);
    for (const each of found)
      for (const input of this.listInputs(each)) if (this.varying.has(input)) found.add(input);
    return found;
  }

  private listInputs(tensor: string): readonly string[] {
    const writer = this.writers.get(tensor);
    return writer === undefined ? [] : listReads(writer.node);
  }

  /** The tensor behind the non-linearity that alone reads this one, or the tensor itself. */
  bent(tensor: string): string {
    const readers = this.readers.get(tensor) ?? [];
    const [only] = readers;
    return readers.length === 1 && only!.opType === 'Relu' ? only!.outputs[0]! : tensor;
  }

  /** Returns the last learned layer that the tensor depends on and that has the same rank. */
  nearestLayer(tensor: string): LayerInfo | undefined {
    const sources = this.of(tensor);
    const rank = this.model.shapes.get(tensor)?.length;
    return this.model.layers
      .filter(({ activation, dims }) => sources.has(activation) && dims.length === rank)
      .toSorted((a, b) => this.getOrder(a.activation) - this.getOrder(b.activation))
      .at(-1);
  }
}
