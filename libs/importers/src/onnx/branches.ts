import {
  toArrayType,
  elementCount,
  encodeModel,
  type Graph,
  GraphBuilder,
  listReads,
  type Node,
  prune,
  type TensorData,
} from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';
import { withReads } from './graph.links.js';
import { runGraph } from './run-graph.js';

/** Branches within branches. */
const MAX_DEPTH = 16;

/**
 * The graph without its `If` operators: conditions on sizes and constants have the same value for any sample,
 * so one branch of each is kept. The conditions are computed with one and with two samples. Throws `invalid`
 * MODEL_FILE_INVALID for a condition that depends on the data.
 */
export async function withoutBranches(graph: Graph): Promise<Graph> {
  let current = graph;
  for (let depth = 0; current.nodes.some(({ opType }) => opType === 'If'); depth++) {
    if (depth === MAX_DEPTH) throw fileInvalid(`it has operators If more than ${MAX_DEPTH} deep`);
    current = inlined(current, await computeConditions(current));
  }
  return current;
}

/** Values of all conditions that no branch is needed for, by tensor. */
async function computeConditions(graph: Graph): Promise<ReadonlyMap<string, boolean>> {
  const blocked = new Set<string>();
  const wanted = new Set<string>();
  for (const node of graph.nodes) {
    const isBlocked = node.inputs.some((name) => blocked.has(name));
    if (node.opType === 'If' && !isBlocked) wanted.add(node.inputs[0]!);
    if (node.opType === 'If' || isBlocked) for (const output of node.outputs) blocked.add(output);
  }
  const values = new Map<string, boolean>();
  const computed = [...wanted].filter((name) => {
    const constant = graph.initializers.get(name);
    if (constant !== undefined) values.set(name, Number(constant.data[0]) !== 0);
    return constant === undefined;
  });
  if (computed.length === 0) return values;
  for (const name of computed) checkSizesOnly(graph, name);
  const builder = new GraphBuilder({ ...prune({ ...graph, outputs: [] }, computed), outputs: [] });
  const fetches = computed.map((name) => {
    // One number for each; the runtime takes no output that is an input.
    const number = builder.op('Cast', [name], { to: 1 });
    builder.output(number);
    return number;
  });
  const written = builder.build();
  const bytes = encodeModel({ ...written, ...(graph.opset && { opset: graph.opset }) });
  const feeds = [makeFeeds(written, 1, 0), makeFeeds(written, 2, 1)];
  const runs = await runGraph(
    bytes,
    feeds,
    fetches,
    (message) => `the conditions of its operators If cannot be computed: ${message}`,
  );
  computed.forEach((name, i) => {
    const found = runs.map((run) => Number(run[fetches[i]!]!.data[0]) !== 0);
    if (found.some((value) => value !== found[0])) throw fromData(name);
    values.set(name, found[0]!);
  });
  return values;
}

/** Operators whose results depend on the sizes of their input, not on its numbers. */
const OF_SIZES: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** Throws if the numbers of an input reach a condition: two equal results do not show that all are equal. */
function checkSizesOnly(graph: Graph, condition: string): void {
  const { nodes } = prune({ ...graph, outputs: [] }, [condition]);
  const sources = new Map(graph.inputs.map(({ name }) => [name, name]));
  for (const node of nodes) {
    if (OF_SIZES.has(node.opType)) continue;
    const source = listReads(node).find((name) => sources.has(name));
    if (source !== undefined) for (const output of node.outputs) sources.set(output, sources.get(source)!);
  }
  const input = sources.get(condition);
  if (input !== undefined) throw fromData(condition, input);
}

const fromData = (condition: string, input?: string) =>
  fileInvalid(
    `operator If takes its condition "${condition}" from the data` +
      (input === undefined
        ? '; export the model without control flow'
        : ` of input "${input}"; export the model without control flow, or with a constant in place of this input`),
  );

function makeFeeds({ inputs }: Graph, rows: number, value: number): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, dataType, dims }) => {
      const sizes = dims.map((dim, axis) => (axis === 0 && typeof dim !== 'number' ? rows : dim));
      if (!sizes.every((size): size is number => typeof size === 'number' && size >= 0))
        throw fileInvalid(
          `input "${name}" is [${dims.join(', ')}], and a condition of operator If depends on it; give the ` +
            'sizes of one sample as its input shape',
        );
      const data = new (toArrayType(dataType))(elementCount(sizes));
      const isBig = dataType === 'int64' || dataType === 'uint64';
      data.fill((isBig ? BigInt(value) : value) as never);
      return [name, { dataType, dims: sizes, data }];
    }),
  );
}

/** The graph with one branch in place of each `If` whose condition is known. */
function inlined(graph: Graph, conditions: ReadonlyMap<string, boolean>): Graph {
  const taken = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const initializers = new Map(graph.initializers);
  const fresh = (name: string): string => (taken.has(name) ? fresh(`${name}_`) : (taken.add(name), name));
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const condition = node.opType === 'If' ? conditions.get(node.inputs[0]!) : undefined;
    const branch = node.attributes[condition === true ? 'then_branch' : 'else_branch'];
    if (condition === undefined || typeof branch !== 'object' || !('graph' in branch)) return [node];
    const body = branch.graph;
    const names = new Map<string, string>();
    for (const [name, tensor] of body.initializers) {
      names.set(name, fresh(name));
      initializers.set(names.get(name)!, tensor);
    }
    for (const name of body.nodes.flatMap(({ outputs }) => outputs))
      if (name !== '') names.set(name, fresh(name));
    return [
      ...body.nodes.map((inner) => ({
        ...withReads(inner, names),
        outputs: inner.outputs.map((name) => names.get(name) ?? name),
      })),
      ...node.outputs.flatMap((output, i): Node[] => {
        const made = body.outputs[i]?.name;
        return output === '' || made === undefined
          ? []
          : [{ opType: 'Identity', inputs: [names.get(made) ?? made], outputs: [output], attributes: {} }];
      }),
    ];
  });
  return { ...graph, nodes, initializers };
}
