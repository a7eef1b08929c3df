import type { CompiledModel } from '@noema/layers';
import { type Dim, type Graph, GraphBuilder, type Node, listReads } from '@noema/onnx';

type Shapes = ReadonlyMap<string, readonly Dim[]>;
/** Positions along each spatial axis, from the first one. */
type Extent = readonly number[];

/** Operators that make each position of one alone. */
const BY_POSITION: ReadonlySet<string> = new Set([
  'Relu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'HardSigmoid',
  'Gelu',
]);

/**
 * The graph without the positions at the end of feature maps that no operator reads, for the same values and
 * the same gradients: windows that do not fit a map leave a rest, as a pooling of 2 × 2 leaves the last row
 * and column of 11 × 11, and then neither the convolution before it nor what is before that makes them.
 * Returns the same graph when everything is read.
 */
export function croppedGraph({
  graph,
  shapes,
  outputs,
  updates,
}: Pick<CompiledModel, 'graph' | 'shapes' | 'outputs' | 'updates'>): {
  readonly graph: Graph;
  readonly shapes: Shapes;
} {
  const kept = [
    ...graph.outputs.map(({ name }) => name),
    ...outputs.flatMap(({ tensor, logits }) => [tensor, logits ?? tensor]),
    ...updates.map(({ tensor }) => tensor),
  ];
  const extents = cutExtents(graph, shapes, kept);
  if (extents.size === 0) return { graph, shapes };
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  const known = new Map(shapes);
  builder.reserve(graph.nodes.flatMap(({ outputs: names }) => names));
  const getExtent = (name: string): Extent => extents.get(name) ?? readSpatial(shapes.get(name))!;
  const cut = (name: string, extent: Extent): string => {
    const axes = extent.map((_, i) => i + 2);
    const made = builder.op('Slice', [
      name,
      builder.constant(axes.map(() => 0)),
      builder.constant(extent),
      builder.constant(axes),
    ]);
    known.set(made, [...shapes.get(name)!.slice(0, 2), ...extent]);
    return made;
  };
  for (const node of graph.nodes) {
    const [x, ...others] = node.inputs;
    const [result] = node.outputs;
    const geometry = readWindows(node, shapes);
    // An elementwise result is as large as its inputs.
    if (geometry === undefined && extents.has(result!)) extents.set(result!, getExtent(x!));
    const isCut = extents.has(x!) || extents.has(result!);
    if (isCut && extents.has(result!))
      known.set(result!, [...shapes.get(result!)!.slice(0, 2), ...getExtent(result!)]);
    if (!isCut || geometry === undefined) {
      builder.add(node);
      continue;
    }
    const given = getExtent(x!);
    const read = getExtent(result!).map((count, i) => reach(geometry, i, count));
    const isTooMuch = given.some((size, i) => size >= read[i]! + geometry.strides[i]!);
    const from = isTooMuch
      ? cut(
          x!,
          given.map((size, i) => Math.min(size, read[i]!)),
        )
      : x!;
    const pads = [...geometry.begin, ...given.map((size, i) => Math.max(0, read[i]! - size))];
    builder.add({ ...node, inputs: [from, ...others], attributes: { ...node.attributes, pads } });
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

/** Returns the extent of every tensor that is read only in part and can be computed in part. */
function cutExtents({ nodes }: Graph, shapes: Shapes, kept: readonly string[]): Map<string, Extent> {
  const reads = new Map<string, Extent>();
  const cuts = new Map<string, Extent>();
  const read = (name: string, extent: Extent | undefined): void => {
    if (extent !== undefined)
      reads.set(
        name,
        extent.map((size, i) => Math.max(size, reads.get(name)?.[i] ?? 0)),
      );
  };
  for (const name of kept) read(name, readSpatial(shapes.get(name)));
  for (const node of nodes.toReversed()) {
    const [x] = node.inputs;
    const [result] = node.outputs;
    const whole = readSpatial(shapes.get(result!));
    const all = readSpatial(shapes.get(x ?? ''));
    const geometry = readWindows(node, shapes);
    const passes =
      whole !== undefined &&
      all !== undefined &&
      (geometry !== undefined || BY_POSITION.has(node.opType)) &&
      node.domain === undefined &&
      node.outputs.length === 1;
    const made = passes ? (reads.get(result!) ?? whole) : undefined;
    if (made?.some((size, i) => size < whole![i]!) === true) cuts.set(result!, made);
    for (const name of listReads(node)) {
      const extent =
        made === undefined || name !== x
          ? undefined
          : geometry === undefined
            ? made
            : made.map((count, i) => Math.min(all![i]!, reach(geometry, i, count)));
      read(name, extent ?? readSpatial(shapes.get(name)));
    }
  }
  return cuts;
}

interface Windows {
  /** Positions from the first to the last that a window sees. */
  readonly spans: Extent;
  readonly strides: Extent;
  readonly begin: Extent;
}

/** Returns the number of input positions, from the first, that a number of windows covers. */
const reach = ({ spans, strides, begin }: Windows, axis: number, count: number): number =>
  (count - 1) * strides[axis]! + spans[axis]! - begin[axis]!;

/**
 * The windows of a convolution or a largest pooling; undefined for others, and where their size is not known.
 */
function readWindows({ opType, domain, inputs, attributes }: Node, shapes: Shapes): Windows | undefined {
  const positions = readSpatial(shapes.get(inputs[0] ?? ''));
  const kernel =
    (attributes['kernel_shape'] as Extent | undefined) ?? readSpatial(shapes.get(inputs[1] ?? ''));
  const isPlain =
    (opType === 'Conv' || opType === 'MaxPool') &&
    domain === undefined &&
    (attributes['auto_pad'] ?? 'NOTSET') === 'NOTSET' &&
    attributes['ceil_mode'] !== 1;
  if (!isPlain || positions === undefined || kernel?.length !== positions.length) return undefined;
  const numbers = (name: string, otherwise: number): Extent =>
    (attributes[name] as Extent | undefined) ?? Array.from({ length: 2 * kernel.length }, () => otherwise);
  const dilations = numbers('dilations', 1);
  return {
    spans: kernel.map((size, i) => (size - 1) * dilations[i]! + 1),
    strides: numbers('strides', 1).slice(0, kernel.length),
    begin: numbers('pads', 0).slice(0, kernel.length),
  };
}

function readSpatial(dims: readonly Dim[] | undefined): Extent | undefined {
  const spatial = dims?.slice(2) ?? [];
  return spatial.length > 0 && spatial.every((size) => typeof size === 'number') ? spatial : undefined;
}
