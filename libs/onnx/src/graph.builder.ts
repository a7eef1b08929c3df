import { createHash } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import type { DataType } from './data-type.js';
import {
  type Attributes,
  type Dim,
  type Graph,
  type Node,
  type OutputInfo,
  listReads,
  type ValueInfo,
} from './graph.js';
import { toBytes, checked, float32, int64, type TensorData } from './tensor.js';

/** Operators that return another result at every use; they are never merged. */
const IMPURE: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
  'Dropout',
]);

/**
 * Builds a graph operator by operator, or extends an existing one. Tensors are strings. Equal constants, and
 * equal operators on equal inputs, are written once. Every method that reads a tensor throws `invalid`
 * GRAPH_INVALID if no earlier input, constant or operator defines it.
 */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: OutputInfo[] = [];
  private readonly initializers = new Map<string, TensorData>();
  private readonly defined = new Set<string>();
  private readonly constants = new Map<string, string>();
  private readonly computed = new Map<string, string>();
  private readonly reserved = new Set<string>();
  private counter = 0;
  private readonly name: string;
  private readonly outer: GraphBuilder | undefined;

  /**
   * `outer` makes it the body of an operator such as Scan: it may read the outer graph's tensors, and
   * prefixes its own names.
   */
  constructor(from?: Graph, name = from?.name ?? 'graph', outer?: GraphBuilder) {
    this.name = name;
    this.outer = outer;
    if (from === undefined) return;
    for (const info of from.inputs) this.input(info.name, info.dims, info.dataType);
    for (const [initializer, tensor] of from.initializers) this.initializer(initializer, tensor);
    for (const node of from.nodes) this.add(node);
    for (const { name: output, dataType, dims } of from.outputs) this.output(output, dims, dataType);
  }

  /** Adds a graph input and returns its name. */
  input(name: string, dims: readonly Dim[], dataType: DataType = 'float32'): string {
    // An imported graph may list its initializers among its inputs too.
    this.define(name);
    this.inputs.push({ name, dataType, dims });
    return name;
  }

  /** Adds a named constant. */
  initializer(name: string, tensor: TensorData): string {
    this.define(name);
    this.initializers.set(name, checked(tensor));
    const key = formatKey(tensor);
    if (!this.constants.has(key)) this.constants.set(key, name);
    return name;
  }

  /**
   * Adds a constant, or returns an existing one with the same type, shape and values. A number is a float32
   * scalar, an array of numbers a list of int64.
   */
  constant(value: TensorData | number | readonly number[]): string {
    const tensor =
      typeof value === 'number' ? float32([value], []) : 'dataType' in value ? value : int64(value);
    return this.constants.get(formatKey(tensor)) ?? this.initializer(this.fresh('const'), tensor);
  }

  /**
   * Adds an operator with one output and returns the output's name: `name` if given, otherwise a fresh one or
   * that of an equal earlier operator.
   */
  op(opType: string, inputs: readonly string[], attributes: Attributes = {}, name?: string): string {
    const key = name === undefined ? keyOfOperator({ opType, inputs, attributes }) : undefined;
    const known = key === undefined ? undefined : this.computed.get(key);
    if (known !== undefined) return known;
    const output = name ?? this.fresh(opType);
    this.add({ opType, inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds an operator with several outputs and returns their names. */
  ops(opType: string, inputs: readonly string[], attributes: Attributes, outputCount: number): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.fresh(opType));
    this.add({ opType, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a node unchanged. */
  add(node: Node): void {
    for (const read of listReads(node)) this.mustExist(read, `an input of ${node.opType}`);
    for (const output of node.outputs) if (output !== '') this.define(output);
    this.nodes.push(node);
    const key = node.outputs.length === 1 ? keyOfOperator(node) : undefined;
    if (key !== undefined && !this.computed.has(key)) this.computed.set(key, node.outputs[0]!);
  }

  /** Declares a tensor as a graph output. A second declaration is ignored. */
  output(tensor: string, dims?: readonly Dim[], dataType: DataType = 'float32'): string {
    this.mustExist(tensor, 'a graph output');
    if (!this.outputs.some(({ name }) => name === tensor))
      this.outputs.push(dims === undefined ? { name: tensor, dataType } : { name: tensor, dataType, dims });
    return tensor;
  }

  /** True if the tensor exists. */
  has(tensor: string): boolean {
    return this.defined.has(tensor) || this.outer?.has(tensor) === true;
  }

  /** Returns a builder for the body of an operator such as Scan, which may read this graph's tensors. */
  body(): GraphBuilder {
    return new GraphBuilder(undefined, this.fresh('body'), this);
  }

  /** Reserves names, so that fresh names differ from them. */
  reserve(names: readonly string[]): void {
    for (const name of names) this.reserved.add(name);
  }

  /** Returns an unused tensor name. */
  fresh(hint: string): string {
    let name: string;
    do name = `${this.outer === undefined ? '' : `${this.name}/`}${hint}_${++this.counter}`;
    while (this.has(name) || this.reserved.has(name));
    return name;
  }

  /** Returns the current graph. The builder can be used further. */
  build(): Graph {
    return {
      name: this.name,
      nodes: [...this.nodes],
      inputs: [...this.inputs],
      outputs: [...this.outputs],
      initializers: new Map(this.initializers),
    };
  }

  private define(name: string): void {
    if (name === '' || this.defined.has(name)) throw invalid(`tensor "${name}" is made twice or has no name`);
    this.defined.add(name);
  }

  private mustExist(name: string, as: string): void {
    if (!this.has(name))
      throw invalid(`tensor "${name}", ${as}, is made by no input, constant or operator before it`);
  }
}

const invalid = (why: string): DomainError =>
  new DomainError('invalid', 'GRAPH_INVALID', `graph is not consistent: ${why}`);

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Map || ArrayBuffer.isView(value) ? Array.from(value as Iterable<unknown>) : value;
};

/**
 * Returns a key that equal operators share; none if each use returns another result, or if a body is too
 * large to compare.
 */
function keyOfOperator({ opType, inputs, attributes, domain }: Omit<Node, 'outputs'>): string | undefined {
  const isKnown =
    domain === undefined &&
    !IMPURE.has(opType) &&
    !Object.values(attributes).some((attribute) => typeof attribute === 'object' && 'graph' in attribute);
  return isKnown ? `${opType}(${inputs.join()})${JSON.stringify(attributes, plain)}` : undefined;
}

function formatKey(tensor: TensorData): string {
  const bytes = toBytes(tensor);
  const content =
    bytes.length <= 64
      ? Buffer.from(bytes).toString('base64')
      : createHash('sha256').update(bytes).digest('base64');
  return `${tensor.dataType}[${tensor.dims.join()}]${content}`;
}
