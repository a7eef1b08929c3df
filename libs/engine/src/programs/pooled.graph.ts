import type { CompiledModel } from '@noema/layers';
import { type Dim, elementCount, type Graph, GraphBuilder, type Node, listReads } from '@noema/onnx';

/**
 * Maximum number of inputs per output of a convolution that is cheap compared with writing its result:
 * typically the first layer of a network.
 */
export const FEW_INPUTS = 32;

type Shapes = ReadonlyMap<string, readonly Dim[]>;

/** A max pooling with the operators before it that have no other reader. */
interface Pooling {
  readonly pool: Node;
  readonly relu?: Node;
  /** A convolution that is written in phases. */
  readonly conv?: Node;
}

/**
 * The graph with less to go back through, for the same values and the same gradients: a Relu before a largest
 * pooling comes behind it, where there is less of it, because the largest of what is cut off at zero is the
 * largest cut off at zero; and a convolution of few numbers before a pooling of windows side by side is made
 * once for each place of the window, with a step of the window's size, so that the pooling is a maximum of
 * whole tensors: the runtime's pooling that also outputs the position of the maximum costs more than the
 * convolution. With `inPhases: false` only the Relu moves.
 */
export function pooledGraph(
  { graph, shapes, outputs, updates }: Pick<CompiledModel, 'graph' | 'shapes' | 'outputs' | 'updates'>,
  { inPhases = true }: { readonly inPhases?: boolean } = {},
): { readonly graph: Graph; readonly shapes: Shapes } {
  const poolings = poolingsIn(graph, inPhases ? shapes : new Map(), readOutside({ graph, outputs, updates }));
  if (poolings.length === 0) return { graph, shapes };
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  builder.reserve(graph.nodes.flatMap(({ outputs: names }) => names));
  const known = new Map(shapes);
  const gone = new Set(poolings.flatMap(({ relu, conv }) => [relu, conv]));
  const byPool = new Map(poolings.map((pooling) => [pooling.pool, pooling]));
  for (const node of graph.nodes) {
    const pooling = byPool.get(node);
    if (pooling !== undefined) writePooling(builder, pooling, known);
    else if (!gone.has(node)) builder.add(node);
  }
  return {
    graph: {
      ...builder.build(),
      outputs: graph.outputs,
      ...(graph.opset === undefined ? {} : { opset: graph.opset }),
    },
    shapes: known,
  };
}

/** Tensors that something outside of the graph reads, so that they must stay. */
export const readOutside = ({
  graph,
  outputs,
  updates,
}: Pick<CompiledModel, 'graph' | 'outputs' | 'updates'>): ReadonlySet<string> =>
  new Set([
    ...graph.outputs.map(({ name }) => name),
    ...outputs.flatMap(({ tensor, logits }) => [tensor, logits ?? tensor]),
    ...updates.map(({ tensor }) => tensor),
  ]);

function poolingsIn(graph: Graph, shapes: Shapes, kept: ReadonlySet<string>): Pooling[] {
  const writers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const readers = new Map<string, number>();
  for (const name of graph.nodes.flatMap(listReads)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const before = (tensor: string, opType: string): Node | undefined => {
    const writer = writers.get(tensor);
    return writer?.opType === opType &&
      writer.domain === undefined &&
      readers.get(tensor) === 1 &&
      !kept.has(tensor)
      ? writer
      : undefined;
  };
  return graph.nodes
    .filter(
      ({ opType, domain, outputs }) => opType === 'MaxPool' && domain === undefined && outputs.length === 1,
    )
    .flatMap((pool): Pooling[] => {
      const relu = before(pool.inputs[0]!, 'Relu');
      const conv = before(relu?.inputs[0] ?? pool.inputs[0]!, 'Conv');
      const inPhases = conv !== undefined && hasPhases(conv, pool, shapes) ? { conv } : {};
      return relu === undefined && !('conv' in inPhases)
        ? []
        : [{ pool, ...(relu && { relu }), ...inPhases }];
    });
}

/** True for a plain convolution of few numbers whose result the windows cut into whole parts. */
function hasPhases({ inputs, outputs, attributes }: Node, pool: Node, shapes: Shapes): boolean {
  const [kernel, positions, window] = [
    shapes.get(inputs[1]!),
    shapes.get(outputs[0]!)?.slice(2),
    sizes(pool, 'kernel_shape'),
  ];
  const isPlain = [
    ...sizes({ attributes }, 'strides'),
    ...sizes({ attributes }, 'dilations'),
    attributes['group'] ?? 1,
  ].every((number) => number === 1);
  const isTiled =
    sizes(pool, 'pads').every((pad) => pad === 0) &&
    sizes(pool, 'dilations').every((dilation) => dilation === 1) &&
    sizes(pool, 'strides').join() === window.join() &&
    positions?.every((size, i) => typeof size === 'number' && size % window[i]! === 0) === true;
  return (
    isPlain &&
    isTiled &&
    Array.isArray(attributes['pads']) &&
    kernel?.every((size) => typeof size === 'number') === true &&
    elementCount(kernel.slice(1)) <= FEW_INPUTS
  );
}

const sizes = ({ attributes }: Pick<Node, 'attributes'>, name: string): readonly number[] =>
  (attributes[name] as readonly number[] | undefined) ?? [];

function writePooling(
  builder: GraphBuilder,
  { pool, relu, conv }: Pooling,
  shapes: Map<string, readonly Dim[]>,
): void {
  const result = pool.outputs[0]!;
  const dims = shapes.get(result);
  const largest = relu === undefined ? result : builder.fresh(`${result}_whole`);
  if (relu !== undefined && dims !== undefined) shapes.set(largest, dims);
  if (conv === undefined) builder.add({ ...pool, inputs: relu!.inputs, outputs: [largest] });
  else
    builder.add({
      opType: 'Max',
      inputs: writePhases(builder, conv, sizes(pool, 'kernel_shape'), dims!, shapes),
      outputs: [largest],
      attributes: {},
    });
  if (relu !== undefined)
    builder.add({ opType: 'Relu', inputs: [largest], outputs: [result], attributes: {} });
}

/**
 * Writes the convolution for every window position, over an input shifted by the position. Returns a tensor
 * of the pooled shape for each, in the order of the pooling.
 */
function writePhases(
  builder: GraphBuilder,
  { inputs: [x, ...learned], attributes }: Node,
  window: readonly number[],
  pooled: readonly Dim[],
  shapes: Map<string, readonly Dim[]>,
): string[] {
  const rank = window.length;
  const pads = attributes['pads'] as readonly number[];
  const kernel = shapes.get(learned[0]!)!.slice(2) as number[];
  const places = window.reduce<number[][]>(
    (all, steps) => all.flatMap((place) => Array.from({ length: steps }, (_, at) => [...place, at])),
    [[]],
  );
  return places.map((place) => {
    const begin = place.map((at, i) => pads[i]! - at);
    const end = place.map((at, i) => pads[rank + i]! + at + 1 - window[i]!);
    const moved = builder.op('Pad', [x!, builder.constant([0, 0, ...begin, 0, 0, ...end])]);
    shapes.set(moved, [
      ...shapes.get(x!)!.slice(0, 2),
      ...kernel.map((size, i) => ((pooled[i + 2] as number) - 1) * window[i]! + size),
    ]);
    const phase = builder.op('Conv', [moved, ...learned], {
      kernel_shape: kernel,
      strides: window,
      dilations: window.map(() => 1),
      pads: pads.map(() => 0),
      group: 1,
    });
    shapes.set(phase, pooled);
    return phase;
  });
}
