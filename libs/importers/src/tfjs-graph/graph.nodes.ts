import { fileInvalid, operatorsUnknown, optionInvalid } from '../import.errors.js';
import { type GraphNode, type NodeInput, parseInput } from './graph-def.js';
import { operators } from './operators/operator.registry.js';

/** An output of the file: its name, and the tensor that it is. */
export interface GraphOutput extends NodeInput {
  readonly name: string;
}

const OWN: ReadonlySet<string> = new Set(['Placeholder', 'Const']);

/**
 * The outputs of a graph in its order: the tensors that the signature states, or without one the nodes that no
 * other reads. With `asked`, the outputs or nodes of those names. Throws `invalid` MODEL_IMPORT_INVALID for another.
 */
export function graphOutputs(
  nodes: readonly GraphNode[],
  signature: unknown,
  asked: readonly string[],
): GraphOutput[] {
  const stated = signatureOutputs(signature);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const all =
    stated.length > 0
      ? stated
      : nodes
          .filter(({ name, op }) => !read.has(name) && !OWN.has(op) && op !== 'NoOp')
          .map(({ name }) => ({ name, node: name, index: 0 }));
  if (asked.length === 0) {
    if (all.length === 0) throw fileInvalid('it has no outputs');
    return all;
  }
  const known = new Set(nodes.map(({ name }) => name));
  return asked.map((name) => {
    const from = all.find((output) => output.name === name) ?? { name, ...parseInput(name) };
    if (known.has(from.node)) return from;
    throw optionInvalid(
      'outputs',
      `the model has no output or node "${name}"; its outputs are ${all.map((one) => one.name).join(', ')}`,
    );
  });
}

function signatureOutputs(signature: unknown): GraphOutput[] {
  const outputs = (signature as { readonly outputs?: unknown } | null | undefined)?.outputs;
  if (typeof outputs !== 'object' || outputs === null) return [];
  return Object.entries(outputs).map(([name, tensor]) => {
    const { name: of } = tensor as { readonly name?: unknown };
    if (typeof of !== 'string') throw fileInvalid(`output "${name}" of its signature has no name`);
    return { name, ...parseInput(of) };
  });
}

/**
 * The nodes that outputs need, each behind the nodes that it reads. Throws `unsupported`
 * MODEL_OPERATOR_UNSUPPORTED with all operators that are not read, `invalid` MODEL_FILE_INVALID for a node that
 * is missing and for a circle.
 */
export function neededNodes(nodes: readonly GraphNode[], outputs: readonly GraphOutput[]): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set<string>(outputs.map(({ node }) => node));
  for (const name of needed) {
    const node = byName.get(name);
    if (node === undefined) throw fileInvalid(`its graph has no node "${name.slice(0, 100)}"`);
    for (const input of node.inputs) needed.add(input.node);
  }
  const used = nodes.filter(({ name }) => needed.has(name));
  const unknown = new Set(
    used.map(({ op }) => op).filter((op) => !OWN.has(op) && !Object.hasOwn(operators, op)),
  );
  if (unknown.size > 0)
    throw operatorsUnknown(
      [...unknown]
        .sort()
        .slice(0, 20)
        .map((op) => op.slice(0, 100)),
    );
  return sorted(used);
}

function sorted(nodes: readonly GraphNode[]): GraphNode[] {
  const waits = new Map(
    nodes.map(({ name, inputs }) => [name, new Set(inputs.map(({ node }) => node)).size]),
  );
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes)
    for (const name of new Set(node.inputs.map((input) => input.node)))
      readers
        .set(name, readers.get(name) ?? [])
        .get(name)!
        .push(node);
  const order = nodes.filter(({ name }) => waits.get(name) === 0);
  for (const { name } of order)
    for (const reader of readers.get(name) ?? []) {
      const left = waits.get(reader.name)! - 1;
      waits.set(reader.name, left);
      if (left === 0) order.push(reader);
    }
  if (order.length < nodes.length)
    throw fileInvalid('its graph has a circle; export the model without control flow');
  return order;
}
