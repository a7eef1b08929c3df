import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '@noema/contracts/onnx/onnx';
import { DomainError } from '@noema/kernel';
import { dataTypeCode } from './data-type.js';
import type { Attribute, Graph, OutputInfo } from './graph.js';
import { toBytes, type TensorData } from './tensor.js';

/** ONNX Runtime 1.30 reads this version of the file format and all earlier ones. */
const IR_VERSION = 9n;
/** Version of the file format that came with the operators of versions 15 to 18. */
const IR_VERSION_TO_18 = 8n;

/**
 * Encodes a graph as an ONNX model with all constants. `opset` is the version of the standard operators.
 * Default: the graph's version, or 20.
 */
export function encodeModel(
  graph: Graph,
  { opset = graph.opset ?? 20 }: { readonly opset?: number } = {},
): Uint8Array {
  const domains = new Set(graph.nodes.map((node) => node.domain ?? '').filter((domain) => domain !== ''));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: opset <= 18 ? IR_VERSION_TO_18 : IR_VERSION,
      producerName: 'noema',
      opsetImport: [
        { domain: '', version: BigInt(opset) },
        ...[...domains].map((domain) => ({ domain, version: 1n })),
      ],
      graph: encodeGraph(graph),
    }),
  );
}

function encodeGraph(graph: Graph): MessageInitShape<typeof GraphProtoSchema> {
  return {
    name: graph.name,
    node: graph.nodes.map(({ opType, inputs, outputs, attributes, name: nodeName, domain }) => ({
      opType,
      ...(nodeName === undefined ? {} : { name: nodeName }),
      input: [...inputs],
      output: [...outputs],
      ...(domain === undefined ? {} : { domain }),
      attribute: Object.entries(attributes).map(([name, attribute]) =>
        encodeAttribute(name, attribute, opType),
      ),
    })),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
    initializer: [...graph.initializers].map(([name, tensor]) => encodeTensor(tensor, name)),
  };
}

function encodeAttribute(
  name: string,
  attribute: Attribute,
  opType: string,
): MessageInitShape<typeof AttributeProtoSchema> {
  const int = (value: number): bigint => {
    if (Number.isSafeInteger(value)) return BigInt(value);
    throw new DomainError(
      'invalid',
      'ATTRIBUTE_INVALID',
      `attribute ${name} of ${opType} is ${value}, which is no integer; wrap it in float()`,
    );
  };
  if (typeof attribute === 'number') return { name, type: Type.INT, i: int(attribute) };
  if (typeof attribute === 'string') return { name, type: Type.STRING, s: Buffer.from(attribute) };
  if ('float' in attribute) return { name, type: Type.FLOAT, f: attribute.float };
  if ('floats' in attribute) return { name, type: Type.FLOATS, floats: [...attribute.floats] };
  if ('tensor' in attribute) return { name, type: Type.TENSOR, t: encodeTensor(attribute.tensor) };
  if ('graph' in attribute) return { name, type: Type.GRAPH, g: encodeGraph(attribute.graph) };
  if (attribute.length > 0 && typeof attribute[0] === 'string')
    return { name, type: Type.STRINGS, strings: (attribute as readonly string[]).map((s) => Buffer.from(s)) };
  return { name, type: Type.INTS, ints: (attribute as readonly number[]).map(int) };
}

const encodeTensor = (tensor: TensorData, name = ''): MessageInitShape<typeof TensorProtoSchema> => ({
  name,
  dataType: dataTypeCode(tensor.dataType),
  dims: tensor.dims.map(BigInt),
  rawData: toBytes(tensor),
});

function encodeValueInfo({
  name,
  dataType,
  dims,
}: OutputInfo): MessageInitShape<typeof ValueInfoProtoSchema> {
  if (dataType === undefined) return { name };
  const elemType = dataTypeCode(dataType);
  if (dims === undefined) return { name, type: { value: { case: 'tensorType', value: { elemType } } } };
  const dim = dims.map((d) =>
    typeof d === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(d) } }
      : d === '?'
        ? {}
        : { value: { case: 'dimParam' as const, value: d } },
  );
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}
