import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetIdProto,
} from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';

/** Maximum nesting of functions that call functions; exporters write one for each module of a network. */
const MAX_DEPTH = 32;

/** Names of the tensors of a function, and attributes of its call. */
interface Call {
  readonly rename: (name: string) => string;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/**
 * Replaces the calls of functions that the model defines by their nodes, as the specification of ONNX says: inputs that
 * a call leaves out stay empty, and an attribute that names one of the call takes its value, else the default of the
 * function, else it is left out. Throws `invalid` ONNX_INVALID for calls that do not fit their function, `unsupported`
 * ONNX_UNSUPPORTED for operators of another version than the model's, `exhausted` ONNX_TOO_LARGE above `maxNodes` nodes
 * and calls, and for functions that call themselves.
 */
export function inlineFunctions(model: ModelProto, graph: GraphProto, maxNodes: number): GraphProto {
  return model.functions.length === 0 ? graph : new Inliner(model, maxNodes).graph(graph, 0);
}

class Inliner {
  private readonly functions: ReadonlyMap<string, FunctionProto>;
  private readonly opset: bigint | undefined;
  /** Nodes and calls so far, which also numbers the calls. */
  private count = 0;

  constructor(
    { functions, opsetImport }: ModelProto,
    private readonly maxNodes: number,
  ) {
    this.functions = new Map(functions.map((each) => [toKey(each.domain, each.name, each.overload), each]));
    this.opset = findOpset(opsetImport);
  }

  graph(graph: GraphProto, depth: number): GraphProto {
    return { ...graph, node: graph.node.flatMap((node) => this.node(node, depth)) };
  }

  private node(node: NodeProto, depth: number): NodeProto[] {
    this.count++;
    if (this.count > this.maxNodes) throw tooLarge(`more than ${this.maxNodes} nodes in its functions`);
    const called = this.functions.get(toKey(node.domain, node.opType, node.overload));
    if (called !== undefined) return this.body(called, node, depth + 1);
    const attribute = node.attribute.map((each) =>
      each.g === undefined ? each : { ...each, g: this.graph(each.g, depth) },
    );
    return [{ ...node, attribute }];
  }

  private body(called: FunctionProto, node: NodeProto, depth: number): NodeProto[] {
    if (depth > MAX_DEPTH) throw tooLarge(`functions that call functions more than ${MAX_DEPTH} deep`);
    const where = `function "${called.name}"`;
    if (node.input.length > called.input.length || node.output.length > called.output.length)
      throw new DomainError(
        'invalid',
        'ONNX_INVALID',
        `the ONNX model calls ${where} with ${node.input.length} inputs and ${node.output.length} outputs; ` +
          `it has ${called.input.length} and ${called.output.length}`,
      );
    const opset = findOpset(called.opsetImport);
    if (opset !== undefined && this.opset !== undefined && opset !== this.opset)
      throw new DomainError(
        'unsupported',
        'ONNX_UNSUPPORTED',
        `the ONNX model has ${where} of opset ${opset}, and is of opset ${this.opset}; export both with one`,
      );
    const call = this.open(called, node);
    return called.node.flatMap((each) => this.node(bindNode(each, call), depth));
  }

  private open(called: FunctionProto, node: NodeProto): Call {
    const prefix = `${called.name}_${this.count}/`;
    const outer = new Map([
      ...called.input.map((name, i) => [name, node.input[i] ?? ''] as const),
      ...called.output.flatMap((name, i) =>
        (node.output[i] ?? '') === '' ? [] : [[name, node.output[i]!] as const],
      ),
    ]);
    const given = new Map([...called.attributeProto, ...node.attribute].map((each) => [each.name, each]));
    return {
      rename: (name) => (name === '' ? '' : (outer.get(name) ?? `${prefix}${name}`)),
      attributes: given,
    };
  }
}

function bindNode(node: NodeProto, call: Call): NodeProto {
  return {
    ...node,
    input: node.input.map(call.rename),
    output: node.output.map(call.rename),
    attribute: node.attribute.flatMap((each) => bindAttribute(each, call)),
  };
}

function bindAttribute(attribute: AttributeProto, call: Call): AttributeProto[] {
  if (attribute.refAttrName !== '') {
    const given = call.attributes.get(attribute.refAttrName);
    return given === undefined ? [] : [{ ...given, name: attribute.name }];
  }
  return [attribute.g === undefined ? attribute : { ...attribute, g: bindGraph(attribute.g, call) }];
}

/** All names of a graph within a function get its prefix, its own and the ones that it takes from outside. */
function bindGraph(graph: GraphProto, call: Call): GraphProto {
  const named = <T extends { name: string }>(each: T): T => ({ ...each, name: call.rename(each.name) });
  return {
    ...graph,
    node: graph.node.map((node) => bindNode(node, call)),
    initializer: graph.initializer.map(named),
    input: graph.input.map(named),
    output: graph.output.map(named),
  };
}

const toKey = (domain: string, name: string, overload: string): string =>
  [domain === 'ai.onnx' ? '' : domain, name, overload].join('\0');

const findOpset = (imports: readonly OperatorSetIdProto[]): bigint | undefined =>
  imports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;

const tooLarge = (what: string): DomainError =>
  new DomainError('exhausted', 'ONNX_TOO_LARGE', `the ONNX model has ${what}`);
