import { evaluateProgram, gradientsProgram } from '@noema/engine';
import { compileModel, findImporter, importers, readModel } from '@noema/importers';
import { float32 } from '@noema/onnx';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine } from './run-model.js';
import { attribute, classifier, TestGraph, window } from './tfjs-graph.models.js';

afterAll(() => engine.close());
beforeAll(() => tf.setBackend('cpu'));

const { int, ints, float, bool, text, texts, type } = attribute;
const ROWS = 3;
const drawRows = (dims: readonly number[], rows = ROWS): Float32Array =>
  Float32Array.from({ length: rows * dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 1.7) * 0.9);

/** Differences of each output to the one of TF.js, relative to its largest number where that is above 1. */
async function differences(
  graph: TestGraph,
  x: { readonly name: string; readonly dims: readonly number[]; readonly isSingle?: boolean },
  zip: Uint8Array = graph.zip(),
  reference = graph.load(),
): Promise<Record<string, number>> {
  const read = await readModel(zip, { format: '', outputs: [] });
  expect(read.format).toBe('tfjs-graph');
  const model = compileModel(JSON.stringify(read.artifact), { mode: 'inference' });
  const { program, predictions } = evaluateProgram(model, read.weights);
  const data = drawRows(x.dims);
  const results = await engine.run(program, { [x.name]: float32(data, [ROWS, ...x.dims]) });
  const loaded = await reference;
  const size = data.length / ROWS;
  const expected = (rows: number, from: number): tf.Tensor[] => {
    const tensor = tf.tensor(data.subarray(from * size, (from + rows) * size), [rows, ...x.dims]);
    const outputs = loaded.execute(
      { [x.name]: tensor },
      loaded.outputs.map(({ name }) => name),
    );
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  const parts =
    x.isSingle === true ? Array.from({ length: ROWS }, (_, row) => expected(1, row)) : [expected(ROWS, 0)];
  return Object.fromEntries(
    model.outputs.map(({ name }, i) => {
      const numbers = parts.flatMap((part) => Array.from(part[i]!.dataSync()));
      const found = results[predictions[i]!]!.data as Float32Array;
      const scale = Math.max(1, ...numbers.map(Math.abs));
      return [
        name,
        found.length === numbers.length
          ? Math.max(...numbers.map((value, at) => Math.abs(value - found[at]!) / scale))
          : Infinity,
      ];
    }),
  );
}

const above = (found: Readonly<Record<string, number>>, limit = 1e-5): Record<string, number> =>
  Object.fromEntries(Object.entries(found).filter(([, difference]) => !(difference <= limit)));

/** A convolution, which leaves its result channels first, and the input, which is channels last. */
function withSources(): { graph: TestGraph; sources: readonly [string, string] } {
  const graph = new TestGraph();
  const x = graph.input('x', [-1, 6, 8, 4]);
  const kernel = graph.random('stem/kernel', [3, 3, 4, 4]);
  return { graph, sources: [x, graph.node('stem/Conv2D', 'Conv2D', [x, kernel], window('SAME'))] };
}
const X = { name: 'x', dims: [6, 8, 4] };

const UNARY = [
  'Relu',
  'Relu6',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Exp',
  'Neg',
  'Abs',
  'Square',
  'Sin',
  'Cos',
];
const MORE_UNARY = [
  'Floor',
  'Ceil',
  'Round',
  'Sign',
  'Erf',
  'Expm1',
  'Softmax',
  'LogSoftmax',
  'LeakyRelu',
  'Atan',
];
const BINARY = [
  'AddV2',
  'Sub',
  'Mul',
  'RealDiv',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'FloorMod',
  'FloorDiv',
];

describe('a TF.js graph model', () => {
  it('computes operators of single numbers and of two tensors as TF.js does, in either order of channels', async () => {
    const { graph, sources } = withSources();
    graph.random('vector', [4], 1, 0.5);
    graph.random('plane', [6, 8, 1], 1, 0.5);
    graph.floats('number', [0.7]);
    sources.forEach((source, i) => {
      for (const op of [...UNARY, ...MORE_UNARY]) graph.node(`${op}-${i}`, op, [source]);
      const positive = graph.node(`positive-${i}`, 'AddV2', [
        graph.node(`square-${i}`, 'Square', [source]),
        'number',
      ]);
      for (const op of ['Log', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Log1p'])
        graph.node(`${op}-${i}`, op, [positive]);
      for (const op of BINARY)
        for (const other of ['vector', 'plane', 'number', positive])
          graph.node(`${op}-${other}-${i}`, op, [source, other]);
      graph.node(`sum-${i}`, 'AddN', [...sources, source]);
      graph.node(`prelu-${i}`, 'Prelu', [source, 'vector']);
      graph.node(`bias-${i}`, 'BiasAdd', [source, 'vector']);
      const mask = graph.node(`mask-${i}`, 'Greater', [source, sources[0]]);
      graph.node(`chosen-${i}`, 'SelectV2', [mask, source, 'number']);
      graph.node(`cast-${i}`, 'Cast', [mask], { SrcT: type('DT_BOOL'), DstT: type('DT_FLOAT') });
    });
    expect(above(await differences(graph, X))).toEqual({});
  });

  it('computes sizes, parts and sums as TF.js does, in either order of channels', async () => {
    const { graph, sources } = withSources();
    let axes = 0;
    const axis = (value: number): string => graph.ints(`axis-${axes++}`, [value], []);
    sources.forEach((source, i) => {
      const add = (name: string, op: string, input: readonly string[], attr = {}): string =>
        graph.node(`${name}-${i}`, op, [source, ...input.map((one) => one)], attr);
      const numbers = (name: string, values: readonly number[]): string =>
        graph.ints(`${name}-values-${i}`, values);
      for (const op of ['Mean', 'Sum', 'Max', 'Min'])
        for (const [name, axes] of [
          ['planes', [1, 2]],
          ['channels', [-1]],
          ['row', [1]],
          ['all', [1, 2, 3]],
        ] as const)
          for (const keeps of [true, false])
            add(`${op}-${name}-${keeps}`, op, [numbers(`${op}-${name}-${keeps}`, axes)], {
              keep_dims: bool(keeps),
            });
      for (const padding of ['SAME', 'VALID'] as const)
        for (const op of ['MaxPool', 'AvgPool'])
          add(`${op}-${padding}`, op, [], { ...window(padding, [2, 3]), ksize: ints([1, 3, 2, 1]) });
      add('pad', 'Pad', [graph.ints(`pads-${i}`, [0, 0, 1, 2, 0, 3, 2, 0], [4, 2])]);
      add('padV2', 'PadV2', [
        graph.ints(`padsV2-${i}`, [0, 0, 1, 0, 2, 1, 0, 1], [4, 2]),
        graph.floats(`by-${i}`, [5]),
      ]);
      add('mirror', 'MirrorPad', [graph.ints(`mirrors-${i}`, [0, 0, 1, 0, 2, 1, 0, 0], [4, 2])], {
        mode: text('REFLECT'),
      });
      for (const [aligned, half] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const)
        for (const size of [
          [12, 16],
          [9, 5],
          [3, 4],
        ] as const) {
          const sizes = numbers(`size-${aligned}-${half}-${size.join('x')}`, size);
          const attr = { align_corners: bool(aligned), half_pixel_centers: bool(half) };
          add(`linear-${aligned}-${half}-${size.join('x')}`, 'ResizeBilinear', [sizes], attr);
          add(`nearest-${aligned}-${half}-${size.join('x')}`, 'ResizeNearestNeighbor', [sizes], attr);
        }
      add('blocks', 'DepthToSpace', [], { block_size: int(2), data_format: text('NHWC') });
      add('order', 'Transpose', [numbers('order', [0, 3, 1, 2])]);
      add('flat', 'Reshape', [numbers('flat', [-1, 192])]);
      add('rows', 'Reshape', [numbers('rows', [-1, 6, 32])]);
      graph.node(`concat-${i}`, 'ConcatV2', [source, sources[0], axis(3)], { N: int(2) });
      graph.node(`next-${i}`, 'ConcatV2', [source, sources[1], axis(-2)], { N: int(2) });
      const halves = graph.node(`halves-${i}`, 'Split', [axis(3), source], { num_split: int(2) });
      graph.node(`half-${i}`, 'Relu', [`${halves}:1`]);
      graph.node(`whole-${i}`, 'Relu', [halves]);
      const planes = graph.node(`planes-${i}`, 'Unpack', [source], { axis: int(3), num: int(4) });
      graph.node(`plane-${i}`, 'Pack', [`${planes}:2`, planes], { axis: int(1), N: int(2) });
      const slice = (
        name: string,
        begin: number[],
        end: number[],
        step: number[],
        masks: Record<string, number>,
      ) =>
        add(
          name,
          'StridedSlice',
          [numbers(`${name}-begin`, begin), numbers(`${name}-end`, end), numbers(`${name}-step`, step)],
          Object.fromEntries(
            ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map((mask) => [
              mask,
              int(masks[mask] ?? 0),
            ]),
          ),
        );
      slice('last', [0, -1], [0, 0], [1, 1], { ellipsis_mask: 1, shrink_axis_mask: 2 });
      slice('back', [0, 5, 0, 3], [0, 0, 8, 0], [1, -2, 3, -1], { begin_mask: 1, end_mask: 1 | 2 | 8 });
      slice('axes', [0, 0, 0, 1], [0, 0, 0, 4], [1, 1, 1, 1], {
        begin_mask: 5,
        end_mask: 5,
        new_axis_mask: 2,
      });
      add('slice', 'Slice', [numbers('slice-begin', [0, 1, 2, 0]), numbers('slice-size', [-1, 3, -1, 2])]);
      add('reverse', 'ReverseV2', [numbers('reverse', [2])], {});
      add('gather', 'GatherV2', [numbers('gather', [3, 0, 0]), axis(3)], { batch_dims: int(0) });
      add('tile', 'Tile', [numbers('tile', [1, 2, 1, 3])]);
      // Constants of whole numbers that are cut, get an axis, or are added over two axes.
      const cut = graph.node(`cut-${i}`, 'StridedSlice', [
        graph.ints(`cut-all-${i}`, [3, 2, 0, 1, 1]),
        ...[0, 3, 1].map((value, at) => graph.ints(`cut-${at}-${i}`, [value])),
      ]);
      add('gather-cut', 'GatherV2', [cut, axis(3)], { batch_dims: int(0) });
      const column = graph.node(
        `column-${i}`,
        'StridedSlice',
        [
          graph.ints(`column-all-${i}`, [0, 1, 2, 3]),
          ...[0, 0, 1].map((value, at) => graph.ints(`column-${at}-${i}`, [value, value])),
        ],
        { begin_mask: int(1), end_mask: int(1), new_axis_mask: int(2) },
      );
      const row = graph.ints(`row-${i}`, [1, 0, 2, 3]);
      for (const [op, from] of [
        ['Less', 'DT_BOOL'],
        ['AddV2', 'DT_INT32'],
      ] as const) {
        const square = graph.node(
          `${op}-square-${i}`,
          'Cast',
          [graph.node(`${op}-${i}`, op, [column, row])],
          {
            SrcT: type(from),
            DstT: type('DT_FLOAT'),
          },
        );
        add(`${op}-product`, 'BatchMatMulV2', [square]);
      }
      const scale = graph.node(`scale-${i}`, 'Cast', [row], {
        SrcT: type('DT_INT32'),
        DstT: type('DT_FLOAT'),
      });
      add('scaled', 'Mul', [scale]);
      graph.node(`product-${i}`, 'BatchMatMulV2', [graph.random(`left-${i}`, [1, 6, 5, 8]), source]);
      add('norm', 'LRN', [], { depth_radius: int(1), alpha: float(0.3), beta: float(0.7), bias: float(1.5) });
      // A size of the batch, as converters write it: part of the shape, packed into another one.
      const shape = add('shape', 'Shape', []);
      const batch = graph.node(
        `batch-${i}`,
        'StridedSlice',
        [shape, graph.ints(`zero-${i}`, [0]), graph.ints(`one-${i}`, [1]), graph.ints(`step-${i}`, [1])],
        { shrink_axis_mask: int(1) },
      );
      const packed = graph.node(`packed-${i}`, 'Pack', [batch, graph.ints(`rest-${i}`, [192], [])], {
        N: int(2),
        axis: int(0),
      });
      add('packed-rows', 'Reshape', [packed]);
      const zeros = graph.node(`zeros-${i}`, 'Fill', [packed, graph.floats(`three-${i}`, [3])]);
      graph.node(`filled-${i}`, 'Relu', [zeros]);
    });
    expect(above(await differences(graph, X))).toEqual({});
  });

  it('computes layers with weights as TF.js does, merged with bias and non-linearity or not', async () => {
    const graph = new TestGraph();
    const x = graph.input('x', [-1, 9, 7, 3]);
    graph.random('kernel', [3, 2, 3, 6]);
    graph.random('deep', [3, 3, 3, 2]);
    graph.random('bias', [6]);
    graph.random('slope', [1, 1, 6], 1, 0);
    for (const padding of ['SAME', 'VALID'] as const) {
      for (const strides of [
        [1, 1],
        [2, 2],
      ] as const) {
        const name = `${padding}-${strides[0]}`;
        graph.node(`conv-${name}`, 'Conv2D', [x, 'kernel'], window(padding, strides));
        graph.node(`depth-${name}`, 'DepthwiseConv2dNative', [x, 'deep'], window(padding, strides));
      }
      graph.node(`dilated-${padding}`, 'Conv2D', [x, 'kernel'], window(padding, [1, 1], [2, 3]));
    }
    graph.node('explicit', 'Conv2D', [x, 'kernel'], {
      ...window('VALID', [2, 1]),
      padding: text('EXPLICIT'),
      explicit_paddings: ints([0, 0, 1, 2, 0, 3, 0, 0]),
    });
    for (const second of ['', 'Relu', 'Relu6', 'Elu', 'Prelu', 'LeakyRelu', 'Sigmoid']) {
      const fused = {
        fused_ops: texts(['BiasAdd', ...(second === '' ? [] : [second])]),
        leakyrelu_alpha: float(0.3),
      };
      const inputs = ['bias', ...(second === 'Prelu' ? ['slope'] : [])];
      const attr = { ...window('SAME', [2, 2]), ...fused, num_args: int(inputs.length) };
      graph.node(`fused-${second}`, '_FusedConv2D', [x, 'kernel', ...inputs], attr);
      // TF.js itself has no slope here.
      if (second !== 'LeakyRelu')
        graph.node(`fused-depth-${second}`, 'FusedDepthwiseConv2dNative', [x, 'deep', ...inputs], attr);
    }
    const norm = ['scale', 'offset', 'mean'].map((name) => graph.random(`norm/${name}`, [6]));
    const conv = graph.node('conv', 'Conv2D', [x, 'kernel'], window('VALID'));
    const variance = graph.random('norm/variance', [6], 1, 0.1);
    graph.node('norm', 'FusedBatchNormV3', [conv, ...norm, variance], {
      epsilon: float(0.01),
      is_training: bool(false),
      data_format: text('NHWC'),
    });
    for (const [padding, side] of [
      ['SAME', [14, 11]],
      ['VALID', [15, 13]],
    ] as const) {
      graph.ints(`size-${padding}`, [ROWS, ...side, 4]);
      const inputs = [`size-${padding}`, graph.random(`back-${padding}`, [3, 3, 4, 6]), conv];
      graph.node(`transposed-${padding}`, 'Conv2DBackpropInput', inputs, window(padding, [2, 2]));
    }
    const flat = graph.node('flat', 'Mean', [conv, graph.ints('planes', [1, 2])], { keep_dims: bool(false) });
    const dense = graph.random('dense/kernel', [6, 5]);
    const bias = graph.random('dense/bias', [5]);
    const turn = { transpose_a: bool(false), transpose_b: bool(false) };
    graph.node('dense', 'MatMul', [flat, dense], turn);
    graph.node('turned', 'MatMul', [flat, graph.random('turned/kernel', [5, 6])], {
      ...turn,
      transpose_b: bool(true),
    });
    graph.node('fused-dense', '_FusedMatMul', [flat, dense, bias], {
      ...turn,
      fused_ops: texts(['BiasAdd', 'Relu']),
      num_args: int(1),
    });
    const steps = graph.node('steps', 'Reshape', [conv, graph.ints('steps/shape', [-1, 42, 6])]);
    graph.node('products', 'BatchMatMulV2', [steps, steps], { adj_x: bool(true), adj_y: bool(false) });
    expect(above(await differences(graph, { name: 'x', dims: [9, 7, 3] }))).toEqual({});
  });

  it('takes a file with one sample in its sizes for many samples', async () => {
    const graph = new TestGraph();
    const x = graph.input('x', [1, 6, 8, 4]);
    const conv = graph.node('conv', 'Conv2D', [x, graph.random('kernel', [3, 3, 4, 2])], window('SAME'));
    graph.node('rows', 'Reshape', [conv, graph.ints('rows/shape', [1, 48, 2])]);
    graph.node('open', 'Reshape', [conv, graph.ints('open/shape', [1, -1, 4])]);
    expect(above(await differences(graph, { ...X, isSingle: true }))).toEqual({});
  });

  it('looks up the tokens of texts as TF.js does', async () => {
    const graph = new TestGraph();
    const tokens = graph.input('tokens', [-1, 5]);
    const whole = graph.node('whole', 'Cast', [tokens], { SrcT: type('DT_FLOAT'), DstT: type('DT_INT32') });
    const table = graph.random('embedding/embeddings', [7, 3]);
    const looked = graph.node('embedding/Gather', 'GatherV2', [table, whole, graph.ints('axis', [0], [])]);
    graph.node('mean', 'Mean', [looked, graph.ints('steps', [1])], { keep_dims: bool(false) });
    const { layers } = (await readModel(graph.zip(), { format: '', outputs: [] })).model;
    expect(layers.map(({ name, kind, units }) => [name, kind, units])).toEqual([
      ['embedding', 'Embedding', 3],
    ]);
    expect(above(await differences(graph, { name: 'tokens', dims: [5] }))).toEqual({});
  });
});

const refusal = async (zip: Uint8Array, options = {}): Promise<string> => {
  try {
    await readModel(zip, { format: '', outputs: [], ...options });
    return 'no error';
  } catch (error) {
    return `${(error as { reason: string }).reason}: ${(error as Error).message}`;
  }
};

describe('a classifier as a TF.js graph model', () => {
  const IMAGE = { name: 'image', dims: [8, 8, 2] };

  it('names layers after weights or nodes, and has the scores before its softmax', async () => {
    const { model, format } = await readModel(classifier().zip(), { format: '', outputs: [] });
    expect(format).toBe('tfjs-graph');
    expect(model.layers.map(({ name, units, kind }) => `${name} ${units} ${kind}`)).toEqual([
      'conv_1 5 Conv',
      'conv_2 5 Conv',
      'dense 3 Gemm',
    ]);
    expect(model.parameters.map(({ name }) => name)).toEqual([
      'conv_1/weight',
      'conv_1/bias',
      'conv_2/weight',
      'dense/weight',
      'dense/bias',
    ]);
    expect(model.inputs).toEqual([{ name: 'image', dims: ['n', 8, 8, 2] }]);
    expect(model.outputs).toMatchObject([{ name: 'label', dims: ['n', 3], nonLinearity: 'softmax' }]);
    // One transpose at the start: what follows a convolution stays in its order of channels.
    expect(model.graph.nodes.filter(({ opType }) => opType === 'Transpose')).toHaveLength(1);
  });

  it.each(['uint8', 'uint16', 'float16'] as const)(
    'predicts what TF.js predicts with weights of %s',
    async (dtype) => {
      const graph = classifier();
      const width = dtype === 'uint8' ? 1 : 2;
      const specs = graph.specs().map((spec, i) =>
        spec['dtype'] === 'float32'
          ? {
              ...spec,
              quantization:
                dtype === 'float16' ? { dtype } : { dtype, scale: (i + 1) / 2 ** (8 * width), min: -0.4 },
            }
          : spec,
      );
      const size = (spec: Readonly<Record<string, unknown>>): number =>
        (spec['shape'] as number[]).reduce((a, b) => a * b, 1) * (spec['dtype'] === 'float32' ? width : 4);
      const bytes = Buffer.concat(
        specs.map((spec) =>
          spec['dtype'] === 'float32'
            ? Buffer.from(
                Array.from({ length: size(spec) }, (_, i) =>
                  dtype === 'float16' && i % 2 === 1 ? 0x30 + (i % 8) : (i * 151) % 256,
                ),
              )
            : Buffer.from(Int32Array.from([1, 2]).buffer),
        ),
      );
      const zip = graph.zip({ weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: specs }] }, bytes);
      expect(above(await differences(graph, IMAGE, zip, graph.load(specs, bytes)))).toEqual({});
    },
  );

  it('has the gradients of finite differences', async () => {
    const { model, weights } = await readModel(classifier().zip(), { format: '', outputs: [] });
    const dims = [ROWS, ...IMAGE.dims];
    const x = drawRows(IMAGE.dims);
    const { program, seed, scores, gradients } = gradientsProgram(model, weights, {
      of: 'scores',
      inputs: true,
    });
    const cotangent = float32(
      Float32Array.from({ length: ROWS * 3 }, (_, i) => Math.cos(i)),
      [ROWS, 3],
    );
    const at = async (data: Float32Array) =>
      engine.run(program, { image: float32(data, dims), [seed!]: cotangent });
    const sum = (data: Float32Array): number => data.reduce((all, value, i) => all + value * Math.cos(i), 0);
    const gradient = (await at(x))[gradients.get('image')!]!.data as Float32Array;
    const norm = Math.hypot(...gradient);
    const step = 1e-2;
    const [up, down] = await Promise.all(
      [1, -1].map(async (sign) =>
        sum(
          (await at(x.map((value, i) => value + (sign * step * gradient[i]!) / norm)))[scores]!
            .data as Float32Array,
        ),
      ),
    );
    expect(Math.abs((up! - down!) / (2 * step) - norm) / norm).toBeLessThan(1e-3);
    expect(norm).toBeGreaterThan(0.1);
  });
});

describe('a TF.js graph model that cannot be run', () => {
  const graph = (): TestGraph => classifier();
  const changed = (
    change: (
      nodes: { op: string; name: string; input: string[]; attr: Record<string, unknown> }[],
    ) => unknown,
  ): Uint8Array => {
    const description = structuredClone(graph().description()) as { modelTopology: { node: never[] } };
    change(description.modelTopology.node);
    return graph().zip(description);
  };

  it('is refused with the operators that are not read by name, unless the outputs need none of them', async () => {
    const zip = changed((nodes) => {
      nodes.push({ name: 'loop', op: 'While', input: ['image'], attr: {} });
      nodes.push({ name: 'boxes', op: 'NonMaxSuppressionV5', input: ['loop'], attr: {} });
      nodes.find(({ name }) => name === 'Identity')!.input = ['boxes'];
    });
    expect(await refusal(zip)).toBe(
      'MODEL_OPERATOR_UNSUPPORTED: the model has operators that are not run here: NonMaxSuppressionV5, While; ' +
        'export it without them',
    );
    const { model } = await readModel(zip, {
      format: '',
      outputs: ['StatefulPartitionedCall/net/dense/Softmax'],
    });
    expect(model.outputs.map(({ dims }) => dims)).toEqual([['n', 3]]);
    expect(await refusal(zip, { outputs: ['nothing'] })).toBe(
      'MODEL_IMPORT_INVALID: the model has no output or node "nothing"; its outputs are label',
    );
  });

  it.each<[string, () => Uint8Array, string]>([
    ['with cut weights', () => graph().zip({}, graph().bytes().slice(0, -3)), 'which end at'],
    [
      'with more weights',
      () => graph().zip({}, Buffer.concat([graph().bytes(), Buffer.alloc(2)])),
      'the manifest names',
    ],
    [
      'without a weight',
      () =>
        graph().zip({
          weightsManifest: [
            { paths: ['a.bin'], weights: [{ name: 'unknown_9', shape: [25], dtype: 'float32' }] },
          ],
        }),
      'it has no weight "StatefulPartitionedCall/net/conv_1/Conv2D/ReadVariableOp"',
    ],
    [
      'with a weight of another shape',
      () => {
        const weights = graph()
          .specs()
          .map((spec) => (spec['name'] === 'unknown_4' ? { ...spec, shape: [3, 5] } : spec));
        return graph().zip({ weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }] });
      },
      'multiplies [n, 5] by [3, 5]',
    ],
    [
      'that runs in circles',
      () => changed((nodes) => (nodes.find(({ op }) => op === 'AddV2')!.input[1] = 'Identity')),
      'has a circle',
    ],
    [
      'without a node that another reads',
      () => changed((nodes) => (nodes.at(-1)!.input = ['lost'])),
      'no node "lost"',
    ],
    ['with a node twice', () => changed((nodes) => nodes.push(nodes[0]!)), 'has node "image" twice'],
    [
      'with channels first',
      () => changed((nodes) => (nodes[3]!.attr['data_format'] = text('NCHW'))),
      'has the order of axes NCHW',
    ],
    ['without nodes', () => graph().zip({ modelTopology: {} }), 'has no list "node"'],
    [
      'with open sizes',
      () =>
        changed(
          (nodes) =>
            (nodes[0]!.attr['shape'] = {
              shape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '8' }, { size: '2' }] },
            }),
        ),
      'give the sizes of one sample as its input shape',
    ],
    [
      'with an output that has no rows',
      () => changed((nodes) => (nodes.at(-1)!.input = ['axes'])),
      'no inputs that its outputs depend on',
    ],
  ])('is refused %s', async (_, zip, why) => {
    expect(await refusal(zip())).toContain(why);
  });

  it.each<[string, (graph: TestGraph, x: string) => unknown, string]>([
    [
      'takes more than there is',
      (g, x) => g.node('y', 'Slice', [x, g.ints('from', [0, 0, 0, 1]), g.ints('size', [-1, -1, -1, 2])]),
      'takes 2 from 1 of 2',
    ],
    [
      'takes single samples',
      (g, x) => g.node('y', 'Slice', [x, g.ints('from', [0, 0, 0, 0]), g.ints('size', [2, -1, -1, -1])]),
      'takes single samples of a batch',
    ],
    [
      'merges a bias that it lacks',
      (g, x) =>
        g.node('y', '_FusedConv2D', [x, g.random('kernel', [3, 3, 2, 5])], {
          ...window('SAME'),
          fused_ops: texts(['BiasAdd']),
        }),
      'merges a bias that is not among its inputs',
    ],
    [
      'merges what only JavaScript knows',
      (g, x) =>
        g.node('y', '_FusedConv2D', [x, g.random('kernel', [3, 3, 2, 5])], {
          ...window('SAME'),
          fused_ops: texts(['constructor']),
        }),
      'merges constructor',
    ],
    [
      'pads channels',
      (g, x) =>
        g.node('y', 'Conv2D', [x, g.random('kernel', [3, 3, 2, 5])], {
          padding: text('EXPLICIT'),
          explicit_paddings: ints([0, 0, 1, 1, 1, 1, 0, 1]),
        }),
      'has explicit_paddings [0, 0, 1, 1, 1, 1, 0, 1]',
    ],
  ])('is refused where a node %s', async (_, add, why) => {
    const graph = new TestGraph();
    add(graph, graph.input('x', [-1, 8, 8, 2]));
    expect(await refusal(graph.zip())).toContain(why);
  });

  it.each<[string, (spec: Readonly<Record<string, unknown>>) => object, string]>([
    ['twice', () => ({ name: 'unknown_4' }), 'it has weight "unknown_4" twice'],
    ['of a type that no file has', () => ({ dtype: 'constructor' }), 'is constructor; save it as float32'],
  ])('is refused with a weight %s', async (_, change, why) => {
    const weights = graph()
      .specs()
      .map((spec) => (spec['name'] === 'unknown_5' ? { ...spec, ...change(spec) } : spec));
    const zip = graph().zip({ weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }] });
    expect(await refusal(zip)).toContain(why);
  });

  it('opens where an output has a name that a tensor would get', async () => {
    const named = new TestGraph({ outputs: { Relu_1: { name: 'dense' } } });
    const twice = named.node('b', 'Relu', [named.node('a', 'Relu', [named.input('x', [-1, 4])])]);
    named.node('dense', 'MatMul', [twice, named.random('kernel', [4, 3])]);
    const { model } = await readModel(named.zip(), { format: '', outputs: [] });
    expect(model.outputs.map(({ name, dims }) => [name, dims])).toEqual([['Relu_1', ['n', 3]]]);
  });

  it('opens with the sizes that are given for one sample', async () => {
    const zip = changed(
      (nodes) =>
        (nodes[0]!.attr['shape'] = {
          shape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '-1' }, { size: '2' }] },
        }),
    );
    const { model } = await readModel(zip, { format: '', outputs: [], inputShapes: { image: [6, 5, 2] } });
    expect(model.inputs[0]!.dims).toEqual(['n', 6, 5, 2]);
  });

  it('is refused by its own format where the archive has layers', async () => {
    const zip = graph().zip({ format: 'layers-model' });
    expect(await refusal(zip, { format: 'tfjs-graph' })).toContain('not graph-model');
    expect(importers.keys()).toContain('tfjs-graph');
    expect(findImporter('', zip).key).toBe('tfjs-layers');
  });
});
