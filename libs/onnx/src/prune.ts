import { DomainError } from '@noema/kernel';
import { type Graph, listReads } from './graph.js';

/**
 * Returns the part of a graph that its outputs (or the named ones) need, without unused nodes, inputs and
 * constants. A tensor that is named twice is one output. Throws `invalid` GRAPH_OUTPUT_UNKNOWN.
 */
export function prune(graph: Graph, names: readonly string[] = graph.outputs.map(({ name }) => name)): Graph {
  const declared = new Map(graph.outputs.map((output) => [output.name, output]));
  const outputs = [...new Set(names)];
  const needed = new Set(outputs);
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const read of listReads(node)) needed.add(read);
      return true;
    })
    .reverse();
  const made = new Set([
    ...nodes.flatMap((node) => node.outputs),
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
  ]);
  for (const output of outputs) {
    if (!made.has(output))
      throw new DomainError(
        'invalid',
        'GRAPH_OUTPUT_UNKNOWN',
        `tensor "${output}" does not exist in graph "${graph.name}"`,
        { metadata: { tensor: output } },
      );
  }
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.filter(({ name }) => needed.has(name)),
    outputs: outputs.map((name) => declared.get(name) ?? { name, dataType: 'float32' as const }),
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
  };
}
