import { evaluateProgram } from '@noema/engine';
import { compileModel, findImporter, type ImportOptions } from '@noema/importers';
import {
  type DataType,
  type Dim,
  encodeModel,
  float,
  float32,
  type Graph,
  int64,
  type Node,
  type TensorData,
  type ValueInfo,
} from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { engine } from './run-model.js';
import { zipped } from './zip.writer.js';

afterAll(() => engine.close());

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Node['attributes'] = {},
): Node => ({
  opType,
  inputs,
  outputs,
  attributes,
});

interface Written {
  readonly dims?: readonly Dim[];
  readonly opset: number;
  readonly outputs?: readonly { readonly name: string; readonly dataType: DataType }[];
  readonly constants?: Readonly<Record<string, TensorData>>;
  readonly domain?: string;
}
const mixed = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 37) % 23) / 11 - 1);

/** x [n, 4, 6] → h = x · w [n, 4, 5] → nodes → y. */
const toFile = (
  nodes: readonly Node[],
  { dims = ['n', 4, 6], opset, outputs, constants }: Written,
): Buffer => {
  const graph: Graph = {
    name: 'g',
    opset,
    nodes: [node('MatMul', ['x', 'w'], ['h']), ...nodes],
    inputs: [{ name: 'x', dataType: 'float32', dims }],
    outputs: outputs ?? [{ name: 'y', dataType: 'float32' }],
    initializers: new Map([
      ['w', float32(mixed(30), [6, 5])],
      ['one', int64([1], [])],
      ['five', float32(mixed(5), [5])],
      ...Object.entries(constants ?? {}),
    ]),
  };
  return Buffer.from(encodeModel(graph));
};

/** A branch of one operator, whose output has no type. */
const passing = (opType: string, input: string): Graph => ({
  name: opType,
  nodes: [node(opType, [input], ['b'])],
  inputs: [],
  outputs: [{ name: 'b' }],
  initializers: new Map(),
});

/** The largest difference between the imported file and ONNX Runtime on the file itself. */
async function difference(bytes: Buffer, options: ImportOptions = {}, reference = bytes): Promise<number> {
  const { artifact, weights } = await findImporter('', bytes).read(bytes, options);
  const { program, predictions } = evaluateProgram(compileModel(artifact, { mode: 'inference' }), weights);
  const x = mixed(2 * 4 * 6);
  const found = (await engine.run(program, { x: float32(x, [2, 4, 6]) }))[predictions[0]!]!;
  const session = await InferenceSession.create(reference);
  const expected = (await session.run({ x: new Tensor('float32', x, [2, 4, 6]) }))['y']!;
  expect(found.dims).toEqual(expected.dims);
  return Math.max(
    ...Array.from(expected.data as Float32Array, (value, i) => Math.abs(value - Number(found.data[i]))),
  );
}

describe('a file of an older version computes what ONNX Runtime computes from it', () => {
  it.each<[string, number, Node[]]>([
    [
      'Slice by attributes',
      9,
      [node('Slice', ['h'], ['y'], { starts: [1, -3], ends: [4, 9], axes: [1, 2] })],
    ],
    ['Slice without axes', 9, [node('Slice', ['h'], ['y'], { starts: [0, 1], ends: [9, 3] })]],
    ['Pad by attributes', 10, [node('Pad', ['h'], ['y'], { pads: [0, 1, 0, 0, 0, 2], value: float(0.5) })]],
    ['Pad by reflection', 10, [node('Pad', ['h'], ['y'], { pads: [0, 1, 0, 0, 0, 2], mode: 'reflect' })]],
    ['Clip by attributes', 10, [node('Clip', ['h'], ['y'], { min: float(-0.5), max: float(0.75) })]],
    ['Clip by one limit', 7, [node('Clip', ['h'], ['y'], { min: float(0.1) })]],
    ['TopK by an attribute', 9, [node('TopK', ['h'], ['y', 'i'], { k: 2, axis: -1 })]],
    [
      'Squeeze and Unsqueeze by attributes',
      12,
      [node('Unsqueeze', ['h'], ['u'], { axes: [1, 4] }), node('Squeeze', ['u'], ['y'], { axes: [1] })],
    ],
    ['ReduceSum by an attribute', 11, [node('ReduceSum', ['h'], ['y'], { axes: [1], keepdims: 0 })]],
    ['ReduceMean by an attribute', 17, [node('ReduceMean', ['h'], ['y'], { axes: [1], keepdims: 1 })]],
    ['Split by an attribute', 12, [node('Split', ['h'], ['a', 'y'], { axis: 2, split: [3, 2] })]],
    ['Softmax of all axes from one on', 12, [node('Softmax', ['h'], ['y'])]],
    ['Softmax of the last axis', 12, [node('Softmax', ['h'], ['y'], { axis: 2 })]],
    ['LogSoftmax of all axes from one on', 9, [node('LogSoftmax', ['h'], ['y'], { axis: 1 })]],
    [
      'Upsample',
      9,
      [
        node('Unsqueeze', ['h'], ['u'], { axes: [1] }),
        node('Upsample', ['u', 'scales'], ['y'], { mode: 'linear' }),
      ],
    ],
    [
      'Upsample by an attribute',
      7,
      [
        node('Unsqueeze', ['h'], ['u'], { axes: [1] }),
        node('Upsample', ['u'], ['y'], { scales: { floats: [1, 1, 2, 3] } }),
      ],
    ],
    [
      'Resize of version 10',
      10,
      [
        node('Unsqueeze', ['h'], ['u'], { axes: [1] }),
        node('Resize', ['u', 'scales'], ['y'], { mode: 'linear' }),
      ],
    ],
    ['Dropout', 10, [node('Dropout', ['h'], ['kept'], { ratio: float(0.7) }), node('Relu', ['kept'], ['y'])]],
    ['BatchNormalization', 8, [node('BatchNormalization', ['h', 'c', 'd', 'c', 'v'], ['y'])]],
    [
      'Constant in its short forms',
      13,
      [node('Constant', [], ['c1'], { value_float: float(2) }), node('Mul', ['h', 'c1'], ['y'])],
    ],
    [
      'GroupNormalization of channels',
      21,
      [node('GroupNormalization', ['h', 'c', 'd'], ['y'], { num_groups: 2 })],
    ],
    ['Relu of the newest version', 22, [node('Relu', ['h'], ['y'])]],
  ])('%s', async (_, opset, nodes) => {
    const constants = {
      scales: float32([1, 1, 2, 3]),
      c: float32([0.5, -1, 2, 0.1]),
      d: float32([0.3, 0.2, -0.4, 1]),
      v: float32([0.5, 1, 2, 0.1]),
    };
    expect(await difference(toFile(nodes, { opset, constants }))).toBeLessThan(1e-6);
  });

  it('lies the second input along an axis, as version 6 does', async () => {
    const constants = { four: float32([0.5, -1, 2, 0.1]), column: float32([0.5, -1, 2, 0.1], [4, 1]) };
    const old = [
      node('Mul', ['h', 'four'], ['a'], { broadcast: 1, axis: 1 }),
      node('PRelu', ['a', 'four'], ['b']),
      node('Add', ['b', 'five'], ['y'], { broadcast: 1 }),
    ];
    const newer = [
      node('Mul', ['h', 'column'], ['a']),
      node('PRelu', ['a', 'column'], ['b']),
      node('Add', ['b', 'five'], ['y']),
    ];
    const [file, reference] = [toFile(old, { opset: 6, constants }), toFile(newer, { opset: 13, constants })];
    expect(await difference(file, {}, reference)).toBeLessThan(1e-6);
  });
});

describe('a file with', () => {
  it('open sizes takes the sizes of one sample', async () => {
    const file = toFile([node('Relu', ['h'], ['y'])], { opset: 13, dims: ['batch', 'steps', 6] });
    expect(await difference(file, { inputShapes: { x: [4, 6] } })).toBeLessThan(1e-6);
    await expect(findImporter('', file).read(file, { inputShapes: { x: [4, 7] } })).rejects.toThrow(
      'input "x" is [batch, steps, 6], and [4, 7] is given for one sample',
    );
    await expect(findImporter('', file).read(file, { inputShapes: { z: [4] } })).rejects.toThrow(
      'the model has no input "z"; it has x',
    );
  });

  it('a batch of its own takes another one when the sizes of one sample are given', async () => {
    const file = toFile([node('Relu', ['h'], ['y'])], { opset: 13, dims: [2, 4, 6] });
    expect(await difference(file, { inputShapes: { x: [4, 6] } })).toBeLessThan(1e-6);
  });

  it.each<[string, Graph['outputs'][number]]>([
    ['branches', { name: 'b', dataType: 'float32' }],
    ['branches whose outputs have no type', { name: 'b' }],
  ])('%s keeps the one that its sizes choose, and the ones inside', async (_, output) => {
    const branch = (name: string, nodes: Node[]): Graph => ({
      name,
      nodes,
      inputs: [],
      outputs: [output],
      initializers: new Map([['c', float32([name === 'then' ? 2 : 3], [])]]),
    });
    const choice = (inner: Node[]): Node['attributes'] => ({
      then_branch: { graph: branch('then', inner) },
      else_branch: { graph: branch('else', [node('Neg', ['h'], ['b'])]) },
    });
    const nested = choice([node('Mul', ['h', 'c'], ['k']), node('Sin', ['k'], ['b'])]);
    const file = toFile(
      [
        node('Shape', ['h'], ['s']),
        node('Gather', ['s', 'one'], ['size']),
        node('Cast', ['size'], ['m'], { to: 9 }),
        node('If', ['m'], ['z'], choice([node('If', ['m'], ['b'], nested)])),
        node('Add', ['z', 'five'], ['y']),
      ],
      { opset: 12 },
    );
    expect(await difference(file)).toBeLessThan(1e-6);
  });

  /** x [n, steps, 6] and states [layers, n, 3] → LSTM → nodes → y. */
  const recurrent = (nodes: Node[], states: ValueInfo[], inputs: string[]): Buffer =>
    Buffer.from(
      encodeModel({
        name: 'g',
        opset: 14,
        nodes: [
          node('Transpose', ['x'], ['steps'], { perm: [1, 0, 2] }),
          ...nodes,
          node('LSTM', ['steps', 'wi', 'wr', '', '', ...inputs], ['', 'last'], { hidden_size: 3 }),
          node('Squeeze', ['last', 'axis'], ['y']),
        ],
        inputs: [{ name: 'x', dataType: 'float32', dims: ['n', 4, 6] }, ...states],
        outputs: [{ name: 'y', dataType: 'float32' }],
        initializers: new Map([
          ['wi', float32(mixed(72), [1, 12, 6])],
          ['wr', float32(mixed(36), [1, 12, 3])],
          ['axis', int64([0])],
          ['zero', int64([0], [])],
          ['one', int64([1])],
          ['two', int64([2])],
        ]),
      }),
    );
  const state = (name: string, dims: Dim[]): ValueInfo => ({ name, dataType: 'float32', dims });

  it.each<[string, Node[], ValueInfo[], string[]]>([
    ['two inputs', [], [state('h', [1, 'batch', 3]), state('c', [1, 1, 3])], ['h', 'c']],
    [
      'the layers of one input, one of them through a branch',
      [
        node('Gather', ['state', 'zero'], ['h0']),
        node('Unsqueeze', ['h0', 'axis'], ['h']),
        node('Slice', ['state', 'one', 'two', 'axis'], ['part']),
        node('Size', ['part'], ['size']),
        node('Cast', ['size'], ['isFull'], { to: 9 }),
        node('If', ['isFull'], ['c'], {
          then_branch: { graph: passing('Identity', 'part') },
          else_branch: { graph: passing('Neg', 'part') },
        }),
      ],
      [state('state', [2, 'batch', 3])],
      ['h', 'c'],
    ],
  ])('a recurrent state as %s takes it with the samples first', async (_, nodes, states, inputs) => {
    const file = recurrent(nodes, states, inputs);
    const { artifact, weights, model } = await findImporter('', file).read(file, {});
    expect(model.inputs.slice(1)).toEqual(
      states.map(({ name, dims: [layers, , units] }) => ({ name, dims: ['n', layers, units] })),
    );
    const feeds = new Map([
      ['x', float32(mixed(2 * 4 * 6), [2, 4, 6])],
      ...states.map(({ name, dims: [layers] }, i) => {
        const data = mixed(2 * Number(layers) * 3 + i).slice(i);
        return [name, float32(data, [2, Number(layers), 3])] as const;
      }),
    ]);
    const { program, predictions } = evaluateProgram(compileModel(artifact, { mode: 'inference' }), weights);
    const found = (await engine.run(program, Object.fromEntries(feeds)))[predictions[0]!]!;
    // The runtime takes a batch of one of both files: the state of a sample is the same in both layouts.
    const session = await InferenceSession.create(file);
    for (const sample of [0, 1]) {
      const own = [...feeds].map(
        ([
          name,
          {
            data,
            dims: [, ...sizes],
          },
        ]) => {
          const size = data.length / 2;
          const dims = name === 'x' ? [1, ...sizes] : [sizes[0]!, 1, sizes[1]!];
          return [
            name,
            new Tensor('float32', (data as Float32Array).slice(sample * size, (sample + 1) * size), dims),
          ] as const;
        },
      );
      const expected = (await session.run(Object.fromEntries(own)))['y']!.data as Float32Array;
      const row = (found.data as Float32Array).slice(sample * 3, (sample + 1) * 3);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - row[i]!)))).toBeLessThan(1e-6);
    }
  });

  it('quantised weights has them as floats, with units and gradients behind them', async () => {
    const whole = (values: number[], dataType: 'int8' | 'uint8', dims: number[]): TensorData => ({
      dataType,
      dims,
      data: dataType === 'int8' ? Int8Array.from(values) : Uint8Array.from(values),
    });
    const constants = {
      q: whole(
        Array.from({ length: 15 }, (_, i) => ((i * 53) % 255) - 127),
        'int8',
        [5, 3],
      ),
      scales: float32([0.01, 0.02, 0.003]),
      zeros: whole([3, -4, 0], 'int8', [3]),
      scale: float32([0.02], []),
      zero: whole([128], 'uint8', []),
    };
    const file = toFile(
      [
        node('QuantizeLinear', ['h', 'scale', 'zero'], ['hq']),
        node('DequantizeLinear', ['hq', 'scale', 'zero'], ['hd']),
        node('DequantizeLinear', ['q', 'scales', 'zeros'], ['w2'], { axis: 1 }),
        node('MatMul', ['hd', 'w2'], ['y']),
      ],
      { opset: 13, constants },
    );
    expect(await difference(file)).toBeLessThan(1e-5);
    const { model } = await findImporter('', file).read(file, {});
    expect(model.layers.map(({ name, units }) => [name, units])).toEqual([
      ['w', 5],
      ['w2', 3],
    ]);
  });

  it('half precision computes in float32 from the same weights', async () => {
    // 1.5, −2 and 0.25 as IEEE 754 binary16.
    const half: TensorData = {
      dataType: 'float16',
      dims: [5],
      data: Uint16Array.of(0x3e00, 0xc000, 0x3400, 0, 0x3e00),
    };
    const file = toFile(
      [
        node('Cast', ['h'], ['a'], { to: 10 }),
        node('Mul', ['a', 'half'], ['b']),
        node('Cast', ['b'], ['y'], { to: 1 }),
      ],
      { opset: 13, constants: { half } },
    );
    const same = toFile([node('Mul', ['h', 'half'], ['y'])], {
      opset: 13,
      constants: { half: float32([1.5, -2, 0.25, 0, 1.5]) },
    });
    expect(await difference(file, {}, same)).toBeLessThan(1e-6);
    expect(await difference(file)).toBeLessThan(1e-2);
  });

  it('labels next to its probabilities gives the probabilities', async () => {
    const file = toFile(
      [node('Softmax', ['h'], ['y'], { axis: -1 }), node('ArgMax', ['y'], ['label'], { axis: -1 })],
      {
        opset: 13,
        outputs: [
          { name: 'label', dataType: 'int64' },
          { name: 'y', dataType: 'float32' },
        ],
      },
    );
    expect(await difference(file)).toBeLessThan(1e-6);
  });

  it('linear models of scikit-learn runs them by standard operators', async () => {
    const learning = (
      opType: string,
      inputs: string[],
      outputs: string[],
      attributes: Node['attributes'],
    ): Node => ({
      ...node(opType, inputs, outputs, attributes),
      domain: 'ai.onnx.ml',
    });
    const floats = (values: ArrayLike<number>) => ({ floats: Array.from(values) });
    const nodes = [
      node('ReduceMean', ['h'], ['r'], { axes: [1], keepdims: 0 }),
      learning('Scaler', ['r'], ['s'], { offset: floats(mixed(5)), scale: floats([1, 2, 3, 0.5, 0.1]) }),
      learning('LinearClassifier', ['s'], ['label', 'p'], {
        coefficients: floats(mixed(15)),
        intercepts: floats([0.1, -0.2, 0.3]),
        classlabels_ints: [0, 1, 2],
        post_transform: 'SOFTMAX',
        multi_class: 1,
      }),
      learning('Normalizer', ['p'], ['y'], { norm: 'L2' }),
    ];
    expect(await difference(toFile(nodes, { opset: 13 }))).toBeLessThan(1e-6);
  });
});

describe('a zip of a file and its weights', () => {
  // The raw data of `w` as an entry of its own: field 13 of a TensorProto names the file, field 14 its place.
  const text = (number: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, value.length]), Buffer.from(value)]);
  const entry = (key: string, value: string): Buffer => {
    const body = Buffer.concat([text(1, key), text(2, value)]);
    return Buffer.concat([Buffer.from([13 * 8 + 2, body.length]), body]);
  };
  const external = (location: string, length = '120'): Buffer => {
    const whole = toFile([node('Relu', ['h'], ['y'])], { opset: 13 });
    const raw = Buffer.from(mixed(30).buffer);
    const tensor = Buffer.concat([
      Buffer.from([8, 6, 8, 5, 16, 1]),
      text(8, 'w'),
      entry('location', location),
      entry('offset', '4'),
      entry('length', length),
      Buffer.from([14 * 8, 1]),
    ]);
    // The inline tensor: dims, type, name, raw data.
    const inline = whole.indexOf(raw) - 2;
    const head = whole.lastIndexOf(Buffer.from([5 * 8 + 2]), inline - 8);
    const end = inline + 2 + raw.length;
    const graphAt = whole.lastIndexOf(Buffer.from([7 * 8 + 2]), head);
    const graphEnd = graphAt + 3 + (whole[graphAt + 1]! % 128) + 128 * whole[graphAt + 2]!;
    const graph = Buffer.concat([
      whole.subarray(graphAt + 3, head),
      Buffer.from([5 * 8 + 2, tensor.length]),
      tensor,
      whole.subarray(end, graphEnd),
    ]);
    return Buffer.concat([
      whole.subarray(0, graphAt),
      Buffer.from([7 * 8 + 2]),
      varint(graph.length),
      graph,
      whole.subarray(graphEnd),
    ]);
  };
  const varint = (value: number): Buffer =>
    value < 128
      ? Buffer.from([value])
      : Buffer.concat([Buffer.from([(value % 128) + 128]), varint(Math.floor(value / 128))]);

  it('reads them', async () => {
    const data = Buffer.concat([Buffer.alloc(4), Buffer.from(mixed(30).buffer)]);
    const zip = zipped([
      { name: 'net/net.onnx', content: external('net.data'), deflated: true },
      { name: 'net/net.data', content: data },
    ]);
    expect(await difference(zip, {}, toFile([node('Relu', ['h'], ['y'])], { opset: 13 }))).toBeLessThan(1e-6);
  });

  it.each([
    [
      '../net.data',
      '120',
      'keeps its data in another file ("../net.data"); save the model as one file, or zip it',
    ],
    ['net.data', '124', 'needs 120 bytes, and its entry names 124 from 4 on of the 60 of "net.data"'],
    ['net.data', '120', 'needs 120 bytes, and its entry names 120 from 4 on of the 60 of "net.data"'],
  ])('refuses data at %s of %s bytes', async (location, length, reason) => {
    const zip = zipped([
      { name: 'net.onnx', content: external(location, length) },
      { name: 'net.data', content: Buffer.alloc(60) },
    ]);
    await expect(findImporter('', zip).read(zip, {})).rejects.toThrow(reason);
  });
});
