import { findImporter, importModel } from '@noema/importers';
import {
  type Dim,
  encodeModel,
  float,
  float32,
  type Graph,
  int64,
  type Node,
  type TensorData,
} from '@noema/onnx';
import { describe, expect, it } from 'vitest';
import { fixture } from './run-model.js';

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Node['attributes'] = {},
  domain?: string,
): Node => ({ opType, inputs, outputs, attributes, ...(domain === undefined ? {} : { domain }) });

/** x → nodes → y, a weight `w` of four by three numbers among the constants. */
const file = (
  nodes: readonly Node[],
  {
    dims = ['n', 4],
    opset = 17,
    constants = {},
    outputs = ['y'],
  }: {
    dims?: readonly Dim[];
    opset?: number;
    constants?: Readonly<Record<string, TensorData>>;
    outputs?: readonly string[];
  } = {},
): Buffer => {
  const graph: Graph = {
    name: 'g',
    opset,
    nodes: [...nodes],
    inputs: [{ name: 'x', dataType: 'float32', dims }],
    outputs: outputs.map((name) => ({ name, dataType: 'float32' })),
    initializers: new Map([
      [
        'w',
        float32(
          Float32Array.from({ length: 12 }, (_, i) => i / 12),
          [4, 3],
        ),
      ],
      ...Object.entries(constants),
    ]),
  };
  return Buffer.from(encodeModel(graph));
};
const dense = node('MatMul', ['x', 'w'], ['y']);

/** A branch that computes its output from `a`. */
const branch = (opType: string): Graph => ({
  name: opType,
  nodes: [node(opType, ['a'], ['b'])],
  inputs: [],
  outputs: [{ name: 'b', dataType: 'float32' }],
  initializers: new Map(),
});

/** x [n, 4] → an LSTM of 3 units along the rows, or along one step of each row → y [n, 3]. */
const series = (
  attributes: Node['attributes'],
  {
    dims = ['n', 4],
    turned = false,
    state,
    constant,
  }: { dims?: readonly Dim[]; turned?: boolean; state?: readonly Dim[]; constant?: TensorData } = {},
): Buffer => {
  const ramp = (...sizes: number[]): TensorData =>
    float32(
      Float32Array.from({ length: sizes.reduce((a, b) => a * b) }, (_, i) => ((i * 7) % 11) / 11 - 0.4),
      sizes,
    );
  const axis = turned ? 'first' : 'second';
  const first = state !== undefined || constant !== undefined ? ['', '', 'h'] : [];
  return Buffer.from(
    encodeModel({
      name: 'g',
      opset: 17,
      nodes: [
        node('Unsqueeze', ['x', axis], ['steps']),
        node('LSTM', ['steps', 'wi', 'wr', ...first], ['all'], { hidden_size: 3, ...attributes }),
        node('Squeeze', ['all', turned ? 'firstTwo' : 'middleTwo'], ['y']),
      ],
      inputs: [
        { name: 'x', dataType: 'float32', dims },
        ...(state === undefined ? [] : [{ name: 'h', dataType: 'float32' as const, dims: state }]),
      ],
      outputs: [{ name: 'y', dataType: 'float32' }],
      initializers: new Map([
        ['wi', ramp(1, 12, 4)],
        ['wr', ramp(1, 12, 3)],
        ['first', int64([0])],
        ['second', int64([1])],
        ['firstTwo', int64([0, 1])],
        ['middleTwo', int64([1, 2])],
        ...(constant === undefined ? [] : [['h', constant] as const]),
      ]),
    }),
  );
};

/** Bytes in which one field of a message holds the others. */
const field = (number: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(body.length), body]);
};
function varint(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
/** A model whose one constant is the given TensorProto. */
const withTensor = (...tensor: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from([8, 8]), field(7, field(5, ...tensor)), field(8, Buffer.from([16, 17]))]);
const huge = Buffer.concat([
  Buffer.from([8]),
  varint(2 ** 40),
  Buffer.from([8]),
  varint(2 ** 40),
  Buffer.from([16, 1]),
  field(8, Buffer.from('w')),
]);
const external = Buffer.concat([
  Buffer.from([8, 4, 16, 1]),
  field(8, Buffer.from('w')),
  field(13, field(1, Buffer.from('location')), field(2, Buffer.from('../../etc/passwd'))),
  Buffer.from([112, 1]),
]);

const catchReason = async (bytes: Uint8Array): Promise<string> => {
  try {
    await findImporter('onnx', bytes).read(bytes, {});
    return 'no error';
  } catch (error) {
    const { kind, reason, message } = error as { kind: string; reason: string; message: string };
    return `${kind} ${reason}: ${message}`;
  }
};

describe('a file that is no model to import is refused with its fault', () => {
  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['nothing', () => Buffer.alloc(0), 'invalid ONNX_INVALID'],
    [
      'noise',
      () => Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 251)),
      'invalid ONNX_INVALID: the 999 bytes are not an ONNX model',
    ],
    [
      'a file cut in half',
      async () => (await fixture('torch-cnn.onnx')).subarray(0, 2000),
      'invalid ONNX_INVALID: the 2000 bytes are not an ONNX model',
    ],
    [
      'a claim of two gigabytes',
      () => Buffer.concat([Buffer.from([8, 8, 58]), varint(2 ** 31)]),
      'invalid ONNX_INVALID: the 8 bytes are not an ONNX model',
    ],
    [
      'a weight of 2^80 numbers',
      () => withTensor(huge),
      'invalid ONNX_INVALID: initializer "w" has shape [1099511627776, 1099511627776] but 0 elements',
    ],
    [
      'weights in another file',
      () => withTensor(external),
      'unsupported ONNX_EXTERNAL_DATA: initializer "w" keeps its data in another file',
    ],
    [
      'an output without a name',
      () => file([dense], { outputs: ['y', ''] }),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: its output 2 of 2 has no name; give it one and ' +
        'export again',
    ],
    [
      'an output that is named twice',
      () => file([dense], { outputs: ['y', 'y'] }),
      'the file cannot be imported: it names the output "y" twice; give each output its own name and export again',
    ],
    [
      'operators of others',
      () => file([node('Gelu', ['x'], ['a'], {}, 'com.microsoft'), node('Loop', ['a'], ['b']), dense]),
      'unsupported MODEL_OPERATOR_UNSUPPORTED: the model has operators that are not run here: Loop, ' +
        'com.microsoft::Gelu',
    ],
    [
      'operators of chance',
      () => file([node('RandomNormalLike', ['x'], ['a']), dense]),
      'MODEL_OPERATOR_UNSUPPORTED: the model has operators that are not run here: RandomNormalLike',
    ],
    [
      'old operators',
      () => file([dense], { opset: 5 }),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: it is written in operators of version ' +
        '5; export it with opset_version 6 to 22',
    ],
    [
      'newer operators',
      () => file([dense], { opset: 23 }),
      'it is written in operators of version 23; export it with opset_version 6 to 22',
    ],
    [
      'a branch that the data choose',
      () =>
        file([
          node('MatMul', ['x', 'w'], ['a']),
          node('ReduceSum', ['a'], ['s'], { keepdims: 0 }),
          node('Cast', ['s'], ['c'], { to: 9 }),
          node('If', ['c'], ['y'], {
            then_branch: { graph: branch('Neg') },
            else_branch: { graph: branch('Relu') },
          }),
        ]),
      'operator If takes its condition "c" from the data',
    ],
    [
      'a branch that the data choose, the same for all small numbers',
      () =>
        file(
          [
            node('ReduceMax', ['x'], ['m'], { keepdims: 0 }),
            node('Greater', ['m', 'rate'], ['c']),
            node('MatMul', ['x', 'w'], ['a']),
            node('If', ['c'], ['y'], {
              then_branch: { graph: branch('Neg') },
              else_branch: { graph: branch('Relu') },
            }),
          ],
          { constants: { rate: float32([16_000], []) } },
        ),
      'operator If takes its condition "c" from the data of input "x"; export the model without control flow, or ' +
        'with a constant in place of this input',
    ],
    [
      'a branch on a size that is open',
      () =>
        file(
          [
            node('Shape', ['x'], ['s']),
            node('ReduceMax', ['s'], ['m'], { keepdims: 0 }),
            node('Cast', ['m'], ['c'], { to: 9 }),
            node('MatMul', ['x', 'w'], ['a']),
            node('If', ['c'], ['y'], {
              then_branch: { graph: branch('Neg') },
              else_branch: { graph: branch('Relu') },
            }),
          ],
          { dims: ['n', 'm'] },
        ),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: input "x" is [n, m], and a condition of operator If ' +
        'depends on it; give the sizes of one sample as its input shape',
    ],
    [
      'an open size',
      () => file([dense], { dims: ['n', 'm'] }),
      'input "x" is [n, m]; export the model with fixed sizes but for the first axis',
    ],
    [
      'a batch of its own',
      () => file([dense], { dims: [32, 4] }),
      'input "x" is [32, 4]; its first axis must be an open batch, or 1',
    ],
    [
      'an input too large',
      () => file([dense], { dims: ['n', 2 ** 40] }),
      'more than 67108864 numbers a sample',
    ],
    [
      'a batch fixed inside',
      () =>
        file([node('MatMul', ['x', 'w'], ['a']), node('Reshape', ['a', 'shape'], ['y'])], {
          dims: [1, 4],
          constants: { shape: int64([1, 3]) },
        }),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: the runtime refuses it',
    ],
    [
      'rows that change each other',
      () =>
        file([
          node('MatMul', ['x', 'w'], ['a']),
          node('ReduceMean', ['a'], ['m'], { axes: [0], keepdims: 1 }),
          node('Sub', ['a', 'm'], ['y']),
        ]),
      'output "y" of a sample depends on the other samples of its batch',
    ],
    [
      'samples that are steps of one series',
      () => series({}),
      'output "y" of a sample depends on the other samples of its batch',
    ],
    [
      'samples that are steps of one series, from the last to the first',
      () => series({ direction: 'reverse' }),
      'output "y" of a sample depends on the other samples of its batch',
    ],
    [
      'samples that are steps of one series with a state',
      () => series({}, { dims: ['n', 4], state: [1, 1, 3] }),
      'must have shape {1,1,3}. Actual:{1,2,3}; this recurrent layer takes the samples as the steps of one series: ' +
        'export the model with the batch on the first axis and the steps on the second',
    ],
    [
      'a state of a fixed batch',
      () => series({}, { dims: ['n', 4], turned: true, constant: float32(new Float32Array(3), [1, 1, 3]) }),
      'must have shape {1,2,3}. Actual:{1,1,3}; the first state of this recurrent layer has a fixed batch: leave the ' +
        'state out at the export, so that it starts at zeros',
    ],
    [
      'a training mode',
      () =>
        file([node('MatMul', ['x', 'w'], ['a']), node('Dropout', ['a', '', 'yes'], ['y'])], {
          constants: { yes: { dataType: 'bool', dims: [], data: Uint8Array.of(1) } },
        }),
      'operator Dropout is in training mode',
    ],
    [
      'sizes out of the data',
      () =>
        file([
          node('MatMul', ['x', 'w'], ['a']),
          node('Cast', ['x'], ['s'], { to: 7 }),
          node('Expand', ['a', 's'], ['y']),
        ]),
      'operator Expand (it makes "y") takes its size from the data, by "s"',
    ],
    ['nothing learned', () => file([node('Relu', ['x'], ['y'])]), 'it has no layer with learned weights'],
    [
      'shapes that do not fit',
      () => file([node('MatMul', ['x', 'w'], ['y'])], { dims: ['n', 5] }),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: the runtime refuses it',
    ],
    [
      'an output too large',
      () =>
        file(
          [
            node('MatMul', ['x', 'w'], ['a']),
            node('Pad', ['a', 'more'], ['b']),
            node('ReduceMax', ['b', 'axis'], ['y']),
          ],
          { opset: 18, constants: { more: int64([0, 0, 0, 2 ** 26]), axis: int64([1]) } },
        ),
      'more than 67108864 numbers a sample',
    ],
  ])('%s', async (_, bytes, reason) => {
    expect(await catchReason(await bytes())).toContain(reason);
  });

  it('names that lead out of a folder name no layer', async () => {
    const { model } = await findImporter('onnx', file([dense])).read(
      file([node('MatMul', ['x', '../../w'], ['y'])], {
        constants: { '../../w': float32(new Float32Array(8), [4, 2]) },
      }),
      {},
    );
    expect(model.layers.map(({ name }) => name)).toEqual(['w']);
  });

  it('older operators run as newer ones', async () => {
    const { model } = await findImporter('', file([dense])).read(
      file(
        [
          node('MatMul', ['x', 'w'], ['a']),
          node('Split', ['a'], ['b', 'c'], { axis: 1 }),
          node('ReduceMax', ['b'], ['d'], { axes: [1], keepdims: 1 }),
          node('Elu', ['d'], ['y'], { alpha: float(2) }),
        ],
        { opset: 13, constants: { w: float32(new Float32Array(16), [4, 4]) } },
      ),
      {},
    );
    expect(model.outputs[0]!.dims).toEqual(['n', 1]);
  });
});

describe('the process that reads a file', () => {
  const read = (
    bytes: Uint8Array,
    limits = { memoryBytes: 2 ** 31, timeoutMs: 60_000 },
    signal = new AbortController().signal,
  ) =>
    importModel(
      (async function* () {
        yield bytes;
      })(),
      { format: '', outputs: [] },
      { limits, signal },
    );

  it('gives what is stored of it', async () => {
    const { format, artifact, weights } = await read(await fixture('torch-cnn.onnx'));
    expect([format, weights.length, (artifact as { format: string }).format]).toEqual([
      'onnx',
      4 * (60 + 24 + 330 + 291),
      'graph-model',
    ]);
  });
  it('hands its error on, with the field', async () => {
    await expect(read(Buffer.from('%PDF-1.7'))).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'MODEL_FORMAT_UNKNOWN',
      violations: [{ field: 'model_file' }],
    });
  });
  it('ends alone when a file asks for more memory than it may take', async () => {
    const bomb = file(
      [
        node('MatMul', ['x', 'w'], ['a']),
        node('Tile', ['a', 'times'], ['b']),
        node('ReduceMax', ['b', 'axis'], ['y']),
      ],
      { opset: 18, constants: { times: int64([1, 2 ** 32]), axis: int64([1]) } },
    );
    await expect(read(bomb)).rejects.toMatchObject({
      kind: 'invalid',
      reason: expect.stringMatching(/^MODEL_(FILE_INVALID|IMPORT_TOO_LARGE)$/) as unknown,
    });
  });
  it('ends when its time is over, and when no caller waits any more', async () => {
    const bytes = await fixture('torch-cnn.onnx');
    await expect(read(bytes, { memoryBytes: 2 ** 31, timeoutMs: 1 })).rejects.toMatchObject({
      reason: 'MODEL_IMPORT_TOO_SLOW',
    });
    await expect(
      read(bytes, { memoryBytes: 2 ** 31, timeoutMs: 60_000 }, AbortSignal.abort()),
    ).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
