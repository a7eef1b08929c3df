import { fileInvalid } from '../import.errors.js';

/** One output of a node. */
export interface NodeInput {
  readonly node: string;
  readonly index: number;
}

/** A node of TensorFlow's GraphDef, without its control dependencies. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly NodeInput[];
  readonly attributes: NodeAttributes;
}

/** Largest number of nodes. */
const MAX_NODES = 100_000;
/** Numbers of TensorFlow's types (types.proto), which some converters write in place of the names. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_DOUBLE',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  6: 'DT_INT8',
  7: 'DT_STRING',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  19: 'DT_HALF',
};

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** The attributes of a node, in the JSON of protocol buffers: whole numbers are strings, texts base64. */
export class NodeAttributes {
  constructor(
    private readonly node: string,
    private readonly values: Fields,
  ) {}

  int(name: string, absent: number): number {
    return this.number(this.field(name, 'i') ?? absent, name);
  }

  ints(name: string): number[] {
    const list = this.field(name, 'list');
    const values = isObject(list) ? (list['i'] ?? []) : [];
    return this.list(values, name).map((value) => this.number(value, name));
  }

  float(name: string, absent: number): number {
    return this.number(this.field(name, 'f') ?? absent, name);
  }

  bool(name: string): boolean {
    return this.field(name, 'b') === true;
  }

  text(name: string, absent = ''): string {
    const value = this.field(name, 's');
    return value === undefined ? absent : decodeText(value);
  }

  texts(name: string): string[] {
    const list = this.field(name, 'list');
    return this.list(isObject(list) ? (list['s'] ?? []) : [], name).map(decodeText);
  }

  type(name: string): string {
    const value = this.field(name, 'type');
    return typeof value === 'number'
      ? (TYPES[value] ?? String(value))
      : typeof value === 'string'
        ? value
        : '';
  }

  /** Sizes of a shape, −1 where they are open; undefined for a shape of unknown rank. */
  shape(name: string): number[] | undefined {
    const shape = this.field(name, 'shape');
    if (!isObject(shape) || shape['unknownRank'] === true) return undefined;
    return this.list(shape['dim'] ?? [], name).map((dim) =>
      this.number(isObject(dim) ? (dim['size'] ?? 0) : NaN, name),
    );
  }

  private field(name: string, kind: string): unknown {
    const value = this.values[name];
    return isObject(value) ? value[kind] : undefined;
  }

  private list(value: unknown, name: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw fileInvalid(`attribute ${name} of node "${this.node}" is no list`);
  }

  private number(value: unknown, name: string): number {
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw fileInvalid(
      `attribute ${name} of node "${this.node}" is ${JSON.stringify(value)?.slice(0, 50)}, not a number`,
    );
  }
}

function decodeText(value: unknown): string {
  if (Array.isArray(value)) return Buffer.from(value as number[]).toString();
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '';
}

/** Reads the nodes of a GraphDef in JSON. Throws `invalid` MODEL_FILE_INVALID. */
export function parseGraphDef(topology: unknown): GraphNode[] {
  const nodes = isObject(topology) ? topology['node'] : undefined;
  if (!Array.isArray(nodes)) throw fileInvalid('its modelTopology has no list "node"');
  if (nodes.length > MAX_NODES)
    throw fileInvalid(`its graph has ${nodes.length} nodes, and ${MAX_NODES} are read`);
  const names = new Set<string>();
  return nodes.map((node: unknown): GraphNode => {
    const { name, op, input = [], attr = {} } = isObject(node) ? node : {};
    if (typeof name !== 'string' || typeof op !== 'string' || !isObject(attr) || !isTexts(input))
      throw fileInvalid('its graph has a node without name, op, or a list of inputs');
    if (names.size === names.add(name).size) throw fileInvalid(`its graph has node "${name}" twice`);
    return {
      name,
      op,
      inputs: input.filter((from) => !from.startsWith('^')).map(parseInput),
      attributes: new NodeAttributes(name, attr),
    };
  });
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Reads the name of a tensor: `node`, or `node:index`. */
export function parseInput(text: string): NodeInput {
  const match = /^(.*?)(?::(\d+))?$/s.exec(text)!;
  return { node: match[1]!, index: Number(match[2] ?? 0) };
}
