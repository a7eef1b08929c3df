import { type Dim, type Graph, GraphBuilder, type Node, listReads } from '@noema/onnx';
import { samplesAndConstants } from './samples.of.graph.js';

/** How the program of a pass forward is written. */
export interface ForwardOptions {
  /**
   * Convolutions look at a few samples at a time: quicker on the processor, for a runtime that knows Scan.
   */
  readonly inGroups?: boolean;
}

/**
 * Number of samples that pass through the windowed layers together: their feature maps fit into the caches of
 * a core.
 */
const GROUP_ROWS = 4;

/**
 * The same graph with its convolutions inside a Scan over groups of samples (`n` of the inputs), for the same
 * values: otherwise an operator writes whole feature maps of a batch before the next one reads them, which
 * then are in no cache. Dense layers stay outside, where more samples at once are quicker. A number of
 * samples that is no multiple of the group goes as one. Returns the graph itself when it has no convolution,
 * or when one number a unit is not all that comes out. For runtimes that know Scan.
 */
export function groupedGraph(graph: Graph): Graph {
  const { ranks, constants } = samplesAndConstants(graph);
  const listNames = (nodes: readonly Node[]): Set<string> => new Set(nodes.flatMap(listReads));
  const ofSamples = graph.nodes.filter(({ outputs }) => ranks.has(outputs[0]!));
  const read = listNames(ofSamples);
  const wanted = listNames(
    graph.nodes.filter(({ outputs }) => !ranks.has(outputs[0]!) && !constants.has(outputs[0]!)),
  );
  for (const { name } of graph.outputs) wanted.add(name);
  // Constant subexpressions move with their readers; shared ones stay outside, where the inside can read them
  // too.
  for (const {
    outputs: [made],
    inputs,
  } of graph.nodes.filter(({ outputs }) => constants.has(outputs[0]!)).toReversed()) {
    const reader = wanted.has(made!) ? wanted : read;
    for (const name of inputs) reader.add(name);
  }
  const isInside = (name: string): boolean => ranks.has(name) || (read.has(name) && !wanted.has(name));
  const inside = graph.nodes.filter(({ outputs }) => isInside(outputs[0]!));
  const results = ofSamples.flatMap(({ outputs }) => outputs).filter((name) => wanted.has(name));
  if (!ofSamples.some(({ opType }) => opType === 'Conv') || results.some((name) => ranks.get(name) !== 2))
    return graph;

  const [own, outer]: [Graph['initializers'], Graph['initializers']] = [
    pick(graph, isInside),
    pick(graph, (name) => !isInside(name)),
  ];
  const inputs = graph.inputs.filter(({ name }) => read.has(name));
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [], initializers: outer });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes)
    if (!isInside(node.outputs[0]!) && constants.has(node.outputs[0]!)) builder.add(node);
  // Tensors that also exist outside get a distinct name inside.
  const seen = new Set([...inputs.map(({ name }) => name), ...results]);
  const nameInside = (name: string): string => (seen.has(name) ? `${name} of a group` : name);
  const body: Graph = {
    name: builder.fresh('group'),
    initializers: own,
    nodes: inside.map((node) => ({
      ...node,
      inputs: node.inputs.map(nameInside),
      outputs: node.outputs.map(nameInside),
    })),
    inputs: inputs.map(({ name, dims, dataType }) => ({
      name: nameInside(name),
      dataType,
      dims: ['group', ...dims.slice(1)],
    })),
    outputs: results.map((name) => ({ name: nameInside(name), dataType: 'float32' })),
  };
  const stacked = builder.ops(
    'Scan',
    inputs.map(({ name, dims }) => inGroups(builder, name, dims)),
    { body: { graph: body }, num_scan_inputs: inputs.length },
    results.length,
  );
  results.forEach((name, i) => {
    builder.op('Flatten', [stacked[i]!], { axis: 2 }, name);
  });
  for (const node of graph.nodes)
    if (!isInside(node.outputs[0]!) && !constants.has(node.outputs[0]!)) builder.add(node);
  for (const { name, dataType, dims } of graph.outputs) builder.output(name, dims, dataType);
  return { ...builder.build(), ...(graph.opset === undefined ? {} : { opset: graph.opset }) };
}

const pick = ({ initializers }: Graph, wanted: (name: string) => boolean): Graph['initializers'] =>
  new Map([...initializers].filter(([name]) => wanted(name)));

/** An input [n, …] as [groups, samples of a group, …]. */
function inGroups(builder: GraphBuilder, input: string, [, ...sizes]: readonly Dim[]): string {
  const count = builder.op('Gather', [builder.op('Shape', [input]), builder.constant([0])], { axis: 0 });
  const rows = builder.constant([GROUP_ROWS]);
  const size = builder.op('Where', [
    builder.op('Equal', [builder.op('Mod', [count, rows]), builder.constant([0])]),
    rows,
    count,
  ]);
  return builder.op('Reshape', [
    input,
    builder.op('Concat', [builder.constant([-1]), size, builder.constant(sizes as number[])], { axis: 0 }),
  ]);
}
