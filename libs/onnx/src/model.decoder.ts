import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType as Type,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';
import { withNumericOutputs } from './class.labels.js';
import { parseDataType } from './data-type.js';
import { inlineFunctions } from './functions.inliner.js';
import type { Attribute, Dim, Graph, Node, OutputInfo, ValueInfo } from './graph.js';
import { decodeTensor, type ExternalFiles } from './tensor.decoder.js';

/** Limits of a model. Above them decoding is rejected before memory is allocated. */
export interface DecodeLimits {
  readonly maxBytes: number;
  readonly maxNodes: number;
  /** Maximum nesting of subgraphs. */
  readonly maxDepth: number;
}

interface Decoding extends DecodeLimits {
  readonly external?: ExternalFiles;
}

const LIMITS: DecodeLimits = { maxBytes: 1 << 30, maxNodes: 100_000, maxDepth: 4 };

/**
 * Decodes an ONNX model. Throws `invalid` ONNX_INVALID for bytes that are not a model, `exhausted`
 * ONNX_TOO_LARGE above the limits, and `unsupported` for data in files that `external` does not have, sparse
 * tensors, and types other than numeric tensors. Functions of the model are replaced by their nodes. Maps from classes
 * to probabilities, as scikit-learn's exporter writes them, become the tensor of the probabilities.
 */
export function decodeModel(
  bytes: Uint8Array,
  limits: Partial<DecodeLimits> = {},
  external?: ExternalFiles,
): Graph {
  const caps: Decoding = { ...LIMITS, ...limits, ...(external && { external }) };
  if (bytes.length > caps.maxBytes) throw tooLarge(`${bytes.length} bytes`, `${caps.maxBytes}`);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new DomainError('invalid', 'ONNX_INVALID', `the ${bytes.length} bytes are not an ONNX model`, {
      cause,
    });
  }
  if (model.graph === undefined)
    throw new DomainError(
      'invalid',
      'ONNX_INVALID',
      `the ${bytes.length} bytes hold an ONNX model without a graph`,
    );
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  const { graph, classNames } = withNumericOutputs(inlineFunctions(model, model.graph, caps.maxNodes));
  return {
    ...decodeGraph(graph, caps, 0),
    ...(opset === undefined ? {} : { opset: Number(opset) }),
    ...(classNames.size === 0 ? {} : { classNames }),
  };
}

function decodeGraph(proto: GraphProto, caps: Decoding, depth: number): Graph {
  if (proto.node.length > caps.maxNodes) throw tooLarge(`${proto.node.length} nodes`, `${caps.maxNodes}`);
  if (depth > caps.maxDepth) throw tooLarge(`subgraphs ${depth} deep`, `${caps.maxDepth}`);
  if (proto.sparseInitializer.length > 0)
    throw unsupported('sparse initializers', 'export the model with dense weights');
  const initializers = new Map(
    proto.initializer.map((tensor) => [
      tensor.name,
      decodeTensor(tensor, `initializer "${tensor.name}"`, caps.external),
    ]),
  );
  return {
    name: proto.name,
    nodes: proto.node.map((node) => decodeNode(node, caps, depth)),
    // Old files list the initializers among the inputs.
    inputs: proto.input.filter(({ name }) => !initializers.has(name)).map(decodeInput),
    outputs: proto.output.map((output) =>
      depth > 0 && output.type?.value.case === undefined
        ? { name: output.name }
        : decodeValue(output, 'output'),
    ),
    initializers,
  };
}

function decodeNode(proto: NodeProto, caps: Decoding, depth: number): Node {
  const attributes = Object.fromEntries(
    proto.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, proto, caps, depth)]),
  );
  const standard = proto.domain === '' || proto.domain === 'ai.onnx';
  return {
    opType: proto.opType,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
    ...(standard ? {} : { domain: proto.domain }),
  };
}

function decodeAttribute(proto: AttributeProto, node: NodeProto, caps: Decoding, depth: number): Attribute {
  const where = `attribute "${proto.name}" of ${node.opType} "${node.name}"`;
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  switch (proto.type) {
    case Type.INT:
      return Number(proto.i);
    case Type.INTS:
      return proto.ints.map(Number);
    case Type.FLOAT:
      return { float: proto.f };
    case Type.FLOATS:
      return { floats: proto.floats };
    case Type.STRING:
      return text(proto.s);
    case Type.STRINGS:
      return proto.strings.map(text);
    case Type.TENSOR:
      if (proto.t !== undefined) return { tensor: decodeTensor(proto.t, where, caps.external) };
      break;
    case Type.GRAPH:
      if (proto.g !== undefined) return { graph: decodeGraph(proto.g, caps, depth + 1) };
      break;
    default:
      break;
  }
  throw unsupported(`${where} of type ${Type[proto.type]}`, 'export the model without it');
}

function decodeInput(proto: ValueInfoProto): ValueInfo {
  const { name, dataType, dims } = decodeValue(proto, 'input');
  if (dims === undefined)
    throw unsupported(`input "${name}" without a shape`, 'export the model with shaped inputs');
  return { name, dataType, dims };
}

function decodeValue(
  { name, type }: ValueInfoProto,
  role: 'input' | 'output',
): OutputInfo & Pick<ValueInfo, 'dataType'> {
  if (type?.value.case !== 'tensorType')
    throw unsupported(
      `an ${role} "${name}" that is not a tensor`,
      'export the model with tensors as inputs and outputs',
    );
  const { elemType, shape } = type.value.value;
  const dataType = parseDataType(elemType, `"${name}"`);
  if (shape === undefined) return { name, dataType };
  const dims = shape.dim.map(
    ({ value }): Dim =>
      value.case === 'dimValue'
        ? Number(value.value)
        : value.case === 'dimParam' && value.value !== ''
          ? value.value
          : '?',
  );
  return { name, dataType, dims };
}

const unsupported = (what: string, remedy: string): DomainError =>
  new DomainError('unsupported', 'ONNX_UNSUPPORTED', `the ONNX model has ${what}; ${remedy}`);

const tooLarge = (what: string, limit: string): DomainError =>
  new DomainError('exhausted', 'ONNX_TOO_LARGE', `the ONNX model has ${what}, more than ${limit}`);
