import type { Graph, TensorData } from '@noema/onnx';
import { DomainError } from '@noema/kernel';
import { fileInvalid } from '../import.errors.js';
import type { ImportOptions } from '../importer.js';
import type { StoredWeight } from '../layers/tfjs.archive.js';
import { withInputShapes } from '../onnx/input.shapes.js';
import { formUnsupported } from './graph.errors.js';
import { type GraphNode, parseGraphDef } from './graph-def.js';
import { type GraphOutput, graphOutputs, neededNodes } from './graph.nodes.js';
import { GraphWriter } from './graph.writer.js';
import { operators } from './operators/operator.registry.js';
import { BATCH, isFixed, toDim } from './sizes.js';
import type { Value, ValueType } from './value.js';

/** A graph model of TF.js. */
export interface TfjsGraph {
  readonly topology: unknown;
  readonly signature: unknown;
  readonly weights: readonly StoredWeight[];
}

const INPUT_TYPES: Readonly<Record<string, ValueType>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int64',
  DT_INT64: 'int64',
  DT_UINT8: 'int64',
};
/** Version of the operators of ONNX that are written. */
const OPSET = 20;
/** End of the names of outputs where an input has one of them. */
const OUTPUT = '_output';
/** Whole constants above this count are data, not sizes. */
const MAX_NUMBERS = 65_536;

/**
 * Translates a GraphDef into a graph of ONNX operators whose inputs and outputs are channels last, as in the
 * file. Throws `unsupported` MODEL_OPERATOR_UNSUPPORTED with the names of operators that are not read, `invalid`
 * MODEL_FILE_INVALID, MODEL_IMPORT_INVALID.
 */
export function translateGraph(
  { topology, signature, weights }: TfjsGraph,
  { outputs: asked = [], inputShapes = {} }: Pick<ImportOptions, 'outputs' | 'inputShapes'>,
): Graph {
  const all = parseGraphDef(topology);
  const outputs = graphOutputs(all, signature, asked);
  const nodes = neededNodes(all, outputs);
  const placeholders = readPlaceholders(nodes, inputShapes);
  const values = new Map<string, readonly Value[]>();
  const inputs = placeholders.map((input) => {
    const dims = input.dims.map((dim, axis) => (axis === 0 && dim !== 0 ? BATCH : Number(dim)));
    return { name: input.name, value: { dims, dataType: input.type, tensor: input.name } };
  });
  const isSingle = placeholders.every(({ isSingle: one }) => one);
  const names = new Set(outputs.flatMap(({ name }) => [name, `${name}${OUTPUT}`]));
  const write = new GraphWriter('graph', () => inputs.map(({ value }) => value), isSingle, names);
  for (const { name, value } of inputs) {
    write.builder.input(name, value.dims.map(toDim), value.dataType);
    values.set(name, [value]);
  }
  const constants = namedWeights(weights);
  const find = (
    reader: string,
    { node, index }: { readonly node: string; readonly index: number },
  ): Value => {
    const value = values.get(node)?.[index];
    if (value !== undefined) return value;
    throw fileInvalid(`node "${reader}" reads output ${index} of "${node}", which is not read`);
  };
  for (const node of nodes)
    if (node.op === 'Const') values.set(node.name, [constantValue(node, constants)]);
    else if (node.op !== 'Placeholder') {
      const result = translated(
        node,
        node.inputs.map((input) => find(node.name, input)),
        write,
      );
      values.set(node.name, Array.isArray(result) ? (result as readonly Value[]) : [result as Value]);
    }
  return withOutputs(
    outputs.map((output) => ({ ...output, value: find('outputs', output) })),
    write,
  );
}

function translated(node: GraphNode, inputs: readonly Value[], write: GraphWriter): Value | readonly Value[] {
  try {
    return operators[node.op]!(node, inputs, write);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    // An input that the operator needs is missing, or has another rank.
    throw formUnsupported(node, `has ${inputs.length} inputs of a form`);
  }
}

interface Placeholder {
  readonly name: string;
  readonly type: ValueType;
  readonly dims: Graph['inputs'][number]['dims'];
  readonly isSingle: boolean;
}

function readPlaceholders(
  nodes: readonly GraphNode[],
  inputShapes: NonNullable<ImportOptions['inputShapes']>,
): Placeholder[] {
  const found = nodes
    .filter(({ op }) => op === 'Placeholder')
    .map(({ name, attributes }) => {
      const type = INPUT_TYPES[attributes.type('dtype')];
      if (type === undefined)
        throw fileInvalid(
          `input "${name}" takes elements of type ${attributes.type('dtype')}; give floats or whole numbers`,
        );
      return { name, dataType: type, dims: openDims(name, attributes.shape('shape')) };
    });
  if (found.length === 0) throw fileInvalid('it has no inputs that its outputs depend on');
  const graph: Graph = { name: '', nodes: [], outputs: [], initializers: new Map(), inputs: found };
  return withInputShapes(graph, inputShapes).inputs.map(({ name, dims }, i) => {
    const [batch, ...sizes] = dims;
    if (batch === undefined || (typeof batch === 'number' && batch !== 1))
      throw fileInvalid(
        `input "${name}" is [${dims.join(', ')}]; its first axis must be an open batch, or 1 (give the sizes ` +
          'of one sample as its input shape where the first axis is a batch)',
      );
    if (!sizes.every((size) => typeof size === 'number' && size > 0))
      throw fileInvalid(
        `input "${name}" is [${dims.join(', ')}]; give the sizes of one sample as its input shape`,
      );
    return { name, type: found[i]!.dataType, dims, isSingle: batch === 1 };
  });
}

function openDims(name: string, shape: readonly number[] | undefined): Graph['inputs'][number]['dims'] {
  if (shape === undefined)
    throw fileInvalid(`input "${name}" has no sizes; convert the model with a signature that states them`);
  return shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? 'n' : '?'));
}

function namedWeights(weights: readonly StoredWeight[]): ReadonlyMap<string, StoredWeight> {
  const named = new Map<string, StoredWeight>();
  for (const weight of weights) {
    if (named.has(weight.name)) throw fileInvalid(`it has weight "${weight.name.slice(0, 100)}" twice`);
    named.set(weight.name, weight);
  }
  return named;
}

function constantValue({ name }: GraphNode, weights: ReadonlyMap<string, StoredWeight>): Value {
  const weight = weights.get(name);
  if (weight === undefined) throw fileInvalid(`it has no weight "${name}"`);
  const { dims, data, dataType } = weight;
  if (data instanceof Float32Array)
    return { name, dims, dataType: 'float32', constant: { dims, data, dataType: 'float32' } };
  if (dataType === 'bool') return { name, dims, dataType: 'bool', constant: { dims, data, dataType } };
  const numbers = Array.from(data as Int32Array, Number);
  const constant: TensorData = { dims, dataType: 'int64', data: BigInt64Array.from(numbers, BigInt) };
  return { name, dims, dataType: 'int64', constant, ...(numbers.length <= MAX_NUMBERS && { numbers }) };
}

/** The graph with its outputs under the names of the file; a sigmoid stays the last operator. */
function withOutputs(
  outputs: readonly (GraphOutput & { readonly value: Value })[],
  write: GraphWriter,
): Graph {
  const names = new Map<string, string>();
  const results = outputs.map(({ name, value }) => {
    const { behind, isChannelsFirst, dims, dataType } = value;
    if (dims.length === 0 || isFixed(dims[0]!))
      throw fileInvalid(
        `output "${name}" is [${dims.map(toDim).join(', ')}], without a row for each sample; keep other outputs`,
      );
    const tensor =
      behind !== undefined && isChannelsFirst === true
        ? write.builder.op(behind.opType, [write.last(behind.value)])
        : write.last(value);
    const isTaken = names.has(tensor) || write.builder.build().inputs.some((input) => input.name === tensor);
    const own = isTaken ? write.builder.op('Identity', [tensor], {}, write.builder.fresh('output')) : tensor;
    names.set(own, name);
    return { name, dims: dims.map(toDim), dataType };
  });
  const { nodes, ...graph } = write.builder.build();
  const inputNames = new Set(graph.inputs.map(({ name }) => name));
  const clash = results.find(({ name }) => inputNames.has(name) && !names.has(name));
  const rename = (name: string): string => names.get(name) ?? name;
  const free =
    clash === undefined ? results : results.map((one) => ({ ...one, name: `${one.name}${OUTPUT}` }));
  if (clash !== undefined) for (const [tensor, name] of names) names.set(tensor, `${name}${OUTPUT}`);
  return {
    ...graph,
    opset: OPSET,
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    outputs: free,
  };
}
