import { type Dim, type Graph, type Node, listReads, type ValueInfo } from '@noema/onnx';
import { readGraph, readInt, readInts } from '../node.attributes.js';

/**
 * A series, or a per-step output: input or output `index` of the Scan, along `axis`, in reverse if
 * `direction` is 1.
 */
interface Along {
  readonly index: number;
  readonly axis: number;
  readonly direction: number;
}

/** A parsed Scan, after `withTrace` has added the tensors that the gradient needs. */
export interface Scan {
  readonly body: Graph;
  readonly states: readonly { readonly index: number; readonly before: ValueInfo; readonly after: string }[];
  readonly series: readonly (Along & { readonly part: ValueInfo })[];
  readonly collected: readonly (Along & { readonly tensor: string; readonly dims?: readonly Dim[] })[];
  /** Tensors of the body, and the Scan's outputs that hold them for all steps, stacked along axis 0. */
  readonly trace: readonly { readonly tensor: string; readonly output: string }[];
  /** Tensors of the outer graph that the body reads. */
  readonly captures: readonly string[];
}

/** Operators whose outputs are stored, because computing them again costs more than reading them. */
const STORED_OPERATORS: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv']);

/** Lets a Scan give the states before each step and its products too. */
export function withTrace(node: Node, fresh: (hint: string) => string): Node {
  const body = findBody(node);
  const copies = traced(node, body).map(
    (tensor): Node => ({
      opType: 'Identity',
      inputs: [tensor],
      outputs: [fresh(`${tensor}_kept`)],
      attributes: {},
    }),
  );
  const collected = node.outputs.length - stateCount(node);
  const added = copies.map(() => 0);
  const types = new Map(body.inputs.map(({ name, dataType }) => [name, dataType]));
  return {
    ...node,
    outputs: [
      ...node.outputs.map((output) => (output === '' ? fresh('unread') : output)),
      ...copies.map(({ outputs }) => fresh(`${outputs[0]}_all`)),
    ],
    attributes: {
      ...node.attributes,
      body: {
        graph: {
          ...body,
          nodes: [...body.nodes, ...copies],
          outputs: [
            ...body.outputs,
            ...copies.map(({ inputs, outputs }) => ({
              name: outputs[0]!,
              dataType: types.get(inputs[0]!) ?? body.outputs[0]!.dataType ?? 'float32',
            })),
          ],
        },
      },
      scan_output_axes: [...readList(node, 'scan_output_axes', collected), ...added],
      scan_output_directions: [...readList(node, 'scan_output_directions', collected), ...added],
    },
  };
}

/** Takes a Scan with its trace apart. */
export function readScan(node: Node): Scan {
  const body = findBody(node);
  const states = stateCount(node);
  // The copies are its last nodes.
  const kept = body.nodes.slice(-traced(node, body).length);
  const collected = node.outputs.length - states - kept.length;
  const along = (prefix: string, count: number, i: number): { axis: number; direction: number } => ({
    axis: readList(node, `${prefix}_axes`, count)[i]!,
    direction: readList(node, `${prefix}_directions`, count)[i]!,
  });
  const total = collected + kept.length;
  return {
    body,
    states: body.inputs
      .slice(0, states)
      .map((before, index) => ({ index, before, after: body.outputs[index]!.name })),
    series: body.inputs
      .slice(states)
      .map((part, m, { length }) => ({ index: states + m, part, ...along('scan_input', length, m) })),
    collected: body.outputs.slice(states, states + collected).map(({ name, dims }, k) => ({
      index: states + k,
      tensor: name,
      ...along('scan_output', total, k),
      ...(dims === undefined ? {} : { dims }),
    })),
    trace: kept.map(({ inputs }, i) => ({
      tensor: inputs[0]!,
      output: node.outputs[states + collected + i]!,
    })),
    captures: [...new Set(listReads({ ...node, inputs: [] }))],
  };
}

function findBody(node: Node): Graph {
  const body = readGraph(node, 'body');
  if (body === undefined) throw new Error(`Scan "${node.outputs.join()}" has no body`);
  return body;
}

const stateCount = (node: Node): number => node.inputs.length - readInt(node, 'num_scan_inputs', 1);

const traced = (node: Node, body: Graph): string[] => [
  ...body.inputs.slice(0, stateCount(node)).map(({ name }) => name),
  ...body.nodes
    .filter(({ opType, domain }) => domain === undefined && STORED_OPERATORS.has(opType))
    .map(({ outputs }) => outputs[0]!),
];

const readList = (node: Node, attribute: string, count: number): readonly number[] =>
  readInts(node, attribute) ?? Array<number>(count).fill(0);
