import { DomainError } from '@noema/kernel';
import { type Graph, type Node, listReads } from '@noema/onnx';
import type { Eager } from './eager.js';
import { tensorflowOperators } from './operator.registry.js';
import type { Tensor } from './tensor.js';

/** The oldest version of ONNX's operators whose meaning the operators here have. */
const FIRST_OPSET = 13;

/**
 * Throws `invalid` PROGRAM_INVALID that names the operators, or the forms of operators, that this backend
 * does not have.
 */
export function requireOperators({ nodes, opset }: Graph): void {
  if (opset !== undefined && opset < FIRST_OPSET)
    throw refused(`operators of version ${opset}, it has version ${FIRST_OPSET} and later`);
  const missing = new Set(
    nodes.flatMap((node) => {
      const operator = node.domain === undefined ? tensorflowOperators.find(node.opType) : undefined;
      if (operator === undefined)
        return [`"${node.domain === undefined ? '' : `${node.domain}.`}${node.opType}"`];
      const form = operator.refuses?.(node);
      return form === undefined ? [] : [`"${node.opType}" with ${form}`];
    }),
  );
  if (missing.size > 0) throw refused(`no ${[...missing].join(', ')}`);
  for (const { attributes } of nodes)
    for (const value of Object.values(attributes))
      if (typeof value === 'object' && 'graph' in value) requireOperators(value.graph);
}

const refused = (what: string): DomainError =>
  new DomainError(
    'invalid',
    'PROGRAM_INVALID',
    `the runtime refuses the program: the backend of TensorFlow has ${what}; run it on the backend "cpu"`,
  );

/** A prepared graph: the last reader of every tensor, and the constants, which stay in memory. */
export class Plan {
  private readonly lastReads: readonly (readonly string[])[];
  private readonly bodies = new Map<Graph, Plan>();

  /** Plans of parts of one graph may share its constants. */
  constructor(
    private readonly graph: Graph,
    private readonly eager: Eager,
    private readonly constants = new Map<string, Tensor>(),
  ) {
    // Inputs belong to whoever gives them.
    const seen = new Set([...graph.outputs, ...graph.inputs].map(({ name }) => name));
    const last: string[][] = [];
    for (const node of graph.nodes.toReversed()) {
      // An unread tensor is freed right after it is computed.
      const ends = new Set(
        [...listReads(node), ...node.outputs].filter((name) => name !== '' && !seen.has(name)),
      );
      for (const name of ends) seen.add(name);
      last.push([...ends]);
    }
    this.lastReads = last.reverse();
  }

  /** The names of its inputs, in their order. */
  get inputs(): readonly string[] {
    return this.graph.inputs.map(({ name }) => name);
  }

  /** Runs the graph on its inputs, in their order; `around` finds the tensors of the graphs around it. */
  run(inputs: readonly Tensor[], around: (name: string) => Tensor | undefined = () => undefined): Tensor[] {
    const values = new Map<string, Tensor>();
    const hold = (name: string, tensor: Tensor): void => {
      values.set(name, tensor);
      tensor.holders++;
    };
    const find = (name: string): Tensor | undefined =>
      values.get(name) ?? this.constant(name) ?? around(name);
    this.graph.inputs.forEach(({ name }, i) => {
      hold(name, inputs[i]!);
    });
    try {
      for (const [i, node] of this.graph.nodes.entries()) {
        const outputs = this.eager.scope(() => this.work(node, find));
        node.outputs.forEach((name, at) => {
          if (name !== '') hold(name, outputs[at]!);
        });
        for (const name of this.lastReads[i]!) letGo(values, name, true);
      }
      return this.graph.outputs.map(({ name }) => find(name)!);
    } finally {
      // The surrounding scope frees them, unless they are results.
      for (const name of [...values.keys()]) letGo(values, name, false);
    }
  }

  /** Frees the constants, including the constants of subgraphs. */
  dispose(): void {
    for (const tensor of this.constants.values()) tensor.drop();
    this.constants.clear();
    for (const body of this.bodies.values()) body.dispose();
  }

  private work(node: Node, find: (name: string) => Tensor | undefined): Tensor[] {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : find(name)));
    const x = (i: number): Tensor => {
      const input = inputs[i];
      if (input === undefined) throw new Error(`input ${i} is missing`);
      return input;
    };
    try {
      const made = tensorflowOperators.get(node.opType).run({
        node,
        eager: this.eager,
        inputs,
        x,
        body: (graph, given) => this.body(graph).run(given, find),
      });
      return Array.isArray(made) ? [...(made as readonly Tensor[])] : [made as Tensor];
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
      const given = inputs.map((input) =>
        input === undefined ? '–' : `${input.dataType}[${input.dims.join(', ')}]`,
      );
      throw new Error(
        `${node.opType} "${node.outputs.join(', ')}" on ${given.join('; ')}: ` +
          `${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
  }

  private constant(name: string): Tensor | undefined {
    const known = this.constants.get(name);
    const data = known === undefined ? this.graph.initializers.get(name) : undefined;
    if (data === undefined) return known;
    const made = this.eager.constant(data);
    this.constants.set(name, made);
    return made;
  }

  private body(graph: Graph): Plan {
    const known = this.bodies.get(graph);
    if (known !== undefined) return known;
    const made = new Plan(graph, this.eager);
    this.bodies.set(graph, made);
    return made;
  }
}

function letGo(values: Map<string, Tensor>, name: string, isLast: boolean): void {
  const tensor = values.get(name);
  if (tensor === undefined) return;
  values.delete(name);
  tensor.holders--;
  if (isLast && tensor.holders === 0) tensor.drop();
}
