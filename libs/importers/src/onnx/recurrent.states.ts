import type { Dim, Graph, Node } from '@noema/onnx';
import { withReads } from './graph.links.js';

/** Places of the first states among the inputs of recurrent operators; they are [layers, batch, units]. */
const STATES: Readonly<Record<string, readonly number[]>> = { LSTM: [5, 6], GRU: [5], RNN: [5] };
/** Operators that hand a tensor on unchanged. */
const UNCHANGED: ReadonlySet<string> = new Set(['Identity', 'Cast']);
/** Operators that hand on single layers of a state, too. */
const LAYERS: ReadonlySet<string> = new Set([
  ...UNCHANGED,
  'Slice',
  'Gather',
  'Split',
  'Squeeze',
  'Unsqueeze',
]);

/**
 * The graph with the batch first in those inputs that are the first state of a recurrent operator: the file has them as
 * `[layers, batch, units]`, and a sample has `[layers, units]`. An input whose first axis is open stays.
 */
export function withStatesTurned(graph: Graph): Graph {
  const nodes = listNodes(graph);
  const turned = graph.inputs.filter(
    ({ name, dims }) =>
      dims.length === 3 &&
      typeof dims[0] === 'number' &&
      (typeof dims[1] !== 'number' || dims[1] === 1) &&
      isState(nodes, name, dims[0] === 1 ? UNCHANGED : LAYERS),
  );
  if (turned.length === 0) return graph;
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
  ]);
  const fresh = (name: string): string => (taken.has(name) ? fresh(`${name}_`) : name);
  const names = new Map(turned.map(({ name }) => [name, fresh(`${name}_layers`)]));
  return {
    ...graph,
    inputs: graph.inputs.map((input) => {
      const [layers, , units] = input.dims;
      return names.has(input.name) ? { ...input, dims: ['n', layers, units] as Dim[] } : input;
    }),
    nodes: [
      ...[...names].map(
        ([input, output]): Node => ({
          opType: 'Transpose',
          inputs: [input],
          outputs: [output],
          attributes: { perm: [1, 0, 2] },
        }),
      ),
      ...graph.nodes.map((node) => withReads(node, names)),
    ],
  };
}

/** True if a recurrent operator takes the tensor as its first state, behind the given operators alone. */
function isState(nodes: readonly Node[], tensor: string, passed: ReadonlySet<string>): boolean {
  const looked = new Set([tensor]);
  for (const name of looked)
    for (const node of nodes) {
      if (STATES[node.opType]?.some((place) => node.inputs[place] === name)) return true;
      if (passed.has(node.opType) && node.inputs[0] === name)
        for (const output of node.outputs) looked.add(output);
      for (const { outputs } of listBranches(node))
        outputs.forEach((output, i) => {
          if (output.name === name && node.outputs[i] !== undefined) looked.add(node.outputs[i]);
        });
    }
  return false;
}

const listBranches = ({ attributes }: Node): Graph[] =>
  Object.values(attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? [value.graph] : [],
  );

/** All nodes of a graph, and of its branches. */
const listNodes = (graph: Graph): Node[] =>
  graph.nodes.flatMap((node) => [node, ...listBranches(node).flatMap(listNodes)]);
