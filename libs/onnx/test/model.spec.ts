import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '@noema/contracts/onnx/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  toArrayType,
  type DataType,
  decodeModel,
  encodeModel,
  float,
  float32,
  type Graph,
  GraphBuilder,
  int64,
} from '../src/index.js';

function leakyReshape(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', ['n', 4]);
  const y = b.op('LeakyRelu', [b.op('Reshape', [x, b.constant([0, 2, 2])])], { alpha: float(0.5) });
  const [top] = b.ops('TopK', [y, b.constant([1])], { axis: 2, largest: 1 }, 2);
  b.output(y, ['n', 2, 2]);
  b.output(top!);
  return b.build();
}

describe('a written model', () => {
  it('runs in ONNX Runtime', async () => {
    const graph = leakyReshape();
    const session = await InferenceSession.create(encodeModel(graph));
    const result = await session.run({ x: new Tensor('float32', Float32Array.of(1, -2, -3, 4), [1, 4]) });
    expect([...(result[graph.outputs[0]!.name]!.data as Float32Array)]).toEqual([1, -1, -1.5, 4]);
    expect([...(result[graph.outputs[1]!.name]!.data as Float32Array)]).toEqual([1, 4]);
  });

  it('comes back unchanged', () => {
    const graph = leakyReshape();
    expect(decodeModel(encodeModel(graph))).toEqual({ ...graph, opset: 20 });
  });

  it('comes back from a Buffer too, whose slices share their memory', () => {
    const graph = leakyReshape();
    expect(decodeModel(Buffer.from(encodeModel(graph)))).toEqual({ ...graph, opset: 20 });
  });

  it.each<DataType>([
    'float32',
    'float64',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint64',
    'uint32',
    'uint16',
    'uint8',
    'bool',
    'float16',
    'bfloat16',
  ])('carries %s constants', (dataType) => {
    const data = new (toArrayType(dataType))(2);
    data[1] = dataType.endsWith('int64') ? 1n : 1;
    const b = new GraphBuilder();
    b.output(b.initializer('c', { dataType, dims: [2], data }), [2], dataType);
    expect(decodeModel(encodeModel(b.build())).initializers.get('c')).toEqual({ dataType, dims: [2], data });
  });

  it.each<[string, Graph['outputs'][number]]>([
    ['a type', { name: 't', dataType: 'float32' }],
    ['no type', { name: 't' }],
  ])('keeps subgraphs whose output has %s, and what they capture', (_, output) => {
    const then = new GraphBuilder(undefined, 'then');
    const graph: Graph = {
      ...then.build(),
      nodes: [{ opType: 'Neg', inputs: ['x'], outputs: ['t'], attributes: {} }],
      outputs: [output],
    };
    const b = new GraphBuilder();
    b.input('x', [1]);
    b.input('flag', [], 'bool');
    b.output(b.op('If', ['flag'], { then_branch: { graph }, else_branch: { graph } }));
    expect(decodeModel(encodeModel(b.build())).nodes).toEqual(b.build().nodes);
  });
});

describe('a foreign model', () => {
  const bytes = (tensor: object, more: object = {}) =>
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: 9n,
        graph: {
          name: 'g',
          initializer: [{ name: 'w', dims: [2n], dataType: TensorProto_DataType.FLOAT, ...tensor }],
        },
        ...more,
      }),
    );

  /** A model without nodes, with these inputs and outputs. */
  const ofValues = (graph: Pick<MessageInitShape<typeof GraphProtoSchema>, 'input' | 'output'>) =>
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 9n, graph }));

  /** A model that calls the function `f` with these nodes; `g` is another function. */
  const calling = (node: object[], g: object = {}, call: object = {}) =>
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: 9n,
        opsetImport: [{ version: 20n }],
        graph: { node: [{ opType: 'f', output: ['y'], ...call }] },
        functions: [
          { name: 'f', output: ['y'], node },
          { name: 'g', output: ['y'], ...g },
        ],
      }),
    );

  it('may spell its weights out', () => {
    expect(decodeModel(bytes({ floatData: [1, 2] })).initializers.get('w')).toEqual(float32([1, 2]));
    expect(
      decodeModel(bytes({ dataType: TensorProto_DataType.INT64, int64Data: [1n, 2n] })).initializers.get('w'),
    ).toEqual(int64([1, 2]));
  });
  it.each([
    [
      'external data',
      bytes({
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: [{ key: 'location', value: '../../etc/passwd' }],
      }),
      /"w" keeps its data in another file/,
    ],
    [
      'strings',
      bytes({ dataType: TensorProto_DataType.STRING, stringData: [Buffer.from('a')] }),
      /"w" has elements of type STRING; supported/,
    ],
    ['too few bytes', bytes({ rawData: new Uint8Array(4) }), /"w" has shape \[2\] but 1 elements/],
    ['a torn number', bytes({ rawData: new Uint8Array(7) }), /"w" has shape \[2\] but a broken number of/],
    [
      'a function that calls itself',
      calling([{ opType: 'f', output: ['t'] }]),
      /functions that call functions more than 32 deep/,
    ],
    [
      'functions that become too many nodes',
      calling(
        Array.from({ length: 400 }, () => ({ opType: 'g' })),
        { name: 'g', node: Array.from({ length: 400 }, () => ({ opType: 'Identity' })) },
      ),
      /more than 100000 nodes in its functions/,
    ],
    [
      'a call with too many inputs',
      calling([], {}, { input: ['w'] }),
      /"f" with 1 inputs and 1 outputs; it has 0/,
    ],
    [
      'a function of other operators',
      calling([], { opsetImport: [{ version: 12n }] }, { opType: 'g' }),
      /function "g" of opset 12, and is of opset 20/,
    ],
    [
      'an output that is not a tensor',
      ofValues({ output: [{ name: 's', type: { value: { case: 'sequenceType', value: {} } } }] }),
      /the ONNX model has an output "s" that is not a tensor; export the model with tensors as inputs and outputs/,
    ],
    [
      'an output without a type',
      ofValues({ output: [{ name: 's' }] }),
      /the ONNX model has an output "s" that is not a tensor/,
    ],
    [
      'an input without a type',
      ofValues({ input: [{ name: 'x', type: {} }] }),
      /the ONNX model has an input "x" that is not a tensor/,
    ],
    ['no graph', new Uint8Array(0), /without a graph/],
    ['noise', Uint8Array.of(255, 255, 255), /not an ONNX model/],
  ])('with %s is refused', (_, model, message) => {
    expect(() => decodeModel(model)).toThrow(message);
  });
  it('beyond a limit is refused', () => {
    expect(() => decodeModel(encodeModel(leakyReshape()), { maxNodes: 2 })).toThrow(/3 nodes, more than 2/);
    expect(() => decodeModel(encodeModel(leakyReshape()), { maxBytes: 10 })).toThrow(/bytes, more than 10/);
  });
});

it('refuses a fraction as an integer attribute', () => {
  const b = new GraphBuilder();
  b.output(b.op('LeakyRelu', [b.input('x', [1])], { alpha: 0.5 }));
  expect(() => encodeModel(b.build())).toThrow(
    /attribute alpha of LeakyRelu is 0.5, which is no integer; wrap it in float/,
  );
});

it('refuses constants that do not fit their shape or type', () => {
  const b = new GraphBuilder();
  expect(() => b.constant({ dataType: 'float32', dims: [3], data: new Float32Array(2) })).toThrow(
    /need 3 elements, 2 are given/,
  );
  expect(() => b.constant({ dataType: 'int64', dims: [2], data: new Float32Array(2) })).toThrow(
    /use BigInt64Array/,
  );
});
