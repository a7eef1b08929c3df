import { type Graph, type Node, listReads } from '@noema/onnx';

/** Writers and readers of each tensor of a graph, and which tensors depend on its inputs. */
export class GraphLinks {
  private readonly readers = new Map<string, Node[]>();
  private readonly writers = new Map<string, Node>();
  private readonly varying: ReadonlySet<string>;
  private readonly order: ReadonlyMap<Node, number>;

  constructor(readonly graph: Graph) {
    const varying = new Set(graph.inputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      const reads = listReads(node);
      for (const name of new Set(reads)) this.readers.set(name, [...(this.readers.get(name) ?? []), node]);
      for (const name of node.outputs) this.writers.set(name, node);
      if (reads.some((name) => varying.has(name))) for (const name of node.outputs) varying.add(name);
    }
    this.varying = varying;
    this.order = new Map(graph.nodes.map((node, i) => [node, i]));
  }

  listReaders(tensor: string): readonly Node[] {
    return this.readers.get(tensor) ?? [];
  }

  findMaker(tensor: string): Node | undefined {
    return this.writers.get(tensor);
  }

  /** True for tensors that depend on the inputs, false for constants and constant expressions. */
  isVarying(tensor: string): boolean {
    return this.varying.has(tensor);
  }

  /** Place of a node in the graph. */
  getOrder(node: Node): number {
    return this.order.get(node)!;
  }

  isOutput(tensor: string): boolean {
    return this.graph.outputs.some(({ name }) => name === tensor);
  }

  /** Returns the constants of a constant expression. */
  listConstants(tensor: string): string[] {
    if (this.graph.initializers.has(tensor)) return [tensor];
    return [
      ...new Set(
        this.findMaker(tensor)
          ?.inputs.filter((name) => name !== '')
          .flatMap((name) => this.listConstants(name)) ?? [],
      ),
    ];
  }
}

/** Returns the node with renamed inputs, also in its subgraphs. */
export function withReads(node: Node, names: ReadonlyMap<string, string>): Node {
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [
      key,
      typeof value === 'object' && 'graph' in value ? { graph: subgraph(value.graph, names) } : value,
    ]),
  );
  return { ...node, inputs: node.inputs.map((name) => names.get(name) ?? name), attributes };
}

function subgraph(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const own = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const outer = new Map([...names].filter(([name]) => !own.has(name)));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => withReads(node, outer)),
    outputs: graph.outputs.map((output) => ({ ...output, name: outer.get(output.name) ?? output.name })),
  };
}
