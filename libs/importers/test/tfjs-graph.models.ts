import * as converter from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { type ZipFile, zipped } from './zip.writer.js';

type Json = Readonly<Record<string, unknown>>;

/** Attributes as the converter writes them: whole numbers are strings, texts base64. */
export const attribute = {
  int: (i: number): Json => ({ i: String(i) }),
  ints: (i: readonly number[]): Json => ({ list: { i: i.map(String) } }),
  float: (f: number): Json => ({ f }),
  bool: (b: boolean): Json => ({ b }),
  text: (s: string): Json => ({ s: Buffer.from(s).toString('base64') }),
  texts: (s: readonly string[]): Json => ({
    list: { s: s.map((one) => Buffer.from(one).toString('base64')) },
  }),
  type: (type: string): Json => ({ type }),
};

export interface TestNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Json>>;
}

interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Writes a graph model of TF.js node by node. */
export class TestGraph {
  private readonly nodes: TestNode[] = [];
  private readonly weights: Weight[] = [];
  private state = 1;

  constructor(private readonly signature?: unknown) {}

  input(name: string, dims: readonly number[], dtype = 'DT_FLOAT'): string {
    const shape = { shape: { dim: dims.map((size) => ({ size: String(size) })) } };
    return this.node(name, 'Placeholder', [], { dtype: attribute.type(dtype), shape });
  }

  node(name: string, op: string, input: readonly string[], attr: TestNode['attr'] = {}): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** A constant of floats between −1 and 1, the same in each run. */
  random(name: string, shape: number[], scale = 1, from = -1): string {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => {
      this.state = (this.state * 48_271) % 2_147_483_647;
      return from + ((1 - from) * scale * this.state) / 2_147_483_647;
    });
    return this.constant({ name, shape, dtype: 'float32', data });
  }

  floats(name: string, values: readonly number[], shape: number[] = []): string {
    return this.constant({ name, shape, dtype: 'float32', data: Float32Array.from(values) });
  }

  ints(name: string, values: readonly number[], shape: number[] = [values.length]): string {
    return this.constant({ name, shape, dtype: 'int32', data: Int32Array.from(values) });
  }

  private constant(weight: Weight): string {
    this.weights.push(weight);
    const dtype = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' }[weight.dtype];
    return this.node(weight.name, 'Const', [], { dtype: attribute.type(dtype) });
  }

  /** Bytes of the weights in the order of the manifest. */
  bytes(): Uint8Array {
    return Buffer.concat(this.weights.map(({ data: { buffer } }) => new Uint8Array(buffer)));
  }

  specs(): Json[] {
    return this.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  }

  description(changes: Json = {}): Json {
    return {
      format: 'graph-model',
      modelTopology: { node: this.nodes, versions: {} },
      ...(this.signature === undefined ? {} : { signature: this.signature }),
      weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: this.specs() }],
      ...changes,
    };
  }

  files(changes: Json = {}, bytes = this.bytes()): ZipFile[] {
    return [
      {
        name: 'net/model.json',
        content: Buffer.from(JSON.stringify(this.description(changes))),
        deflated: true,
      },
      { name: 'net/a.bin', content: bytes.subarray(0, 100) },
      { name: 'net/b.bin', content: bytes.subarray(100) },
    ];
  }

  zip(changes: Json = {}, bytes = this.bytes()): Buffer {
    return zipped(this.files(changes, bytes));
  }

  /** The model in the runtime of TF.js. */
  load(specs: readonly Json[] = this.specs(), bytes = this.bytes()): Promise<converter.GraphModel> {
    const { modelTopology } = this.description();
    return converter.loadGraphModel(
      tf.io.fromMemory({
        format: 'graph-model',
        modelTopology: modelTopology as object,
        weightSpecs: specs as unknown as tf.io.WeightsManifestEntry[],
        weightData: new Uint8Array(bytes).buffer,
        ...(this.signature === undefined ? {} : { signature: this.signature as object }),
      }),
    );
  }
}

const { bool, int, ints, text, texts } = attribute;

/** Attributes of an operator that moves a window over channels-last planes. */
export const window = (
  padding: 'SAME' | 'VALID',
  strides: readonly number[] = [1, 1],
  dilations: readonly number[] = [1, 1],
) => ({
  padding: text(padding),
  strides: ints([1, ...strides, 1]),
  dilations: ints([1, ...dilations, 1]),
  data_format: text('NHWC'),
});

/** A small network with a shortcut, as converters write one; its scores are 3 classes of pictures [8, 8, 2]. */
export function classifier(): TestGraph {
  const graph = new TestGraph({
    inputs: { image: { name: 'image:0' } },
    outputs: { label: { name: 'Identity:0', dtype: 'DT_FLOAT' } },
  });
  const fused = (ops: readonly string[]) => ({ fused_ops: texts(ops), num_args: int(1) });
  const path = 'StatefulPartitionedCall/net';
  const x = graph.input('image', [-1, 8, 8, 2]);
  const first = graph.node(
    `${path}/relu_1/Relu`,
    '_FusedConv2D',
    [x, graph.random(`${path}/conv_1/Conv2D/ReadVariableOp`, [3, 3, 2, 5]), graph.random('unknown_1', [5])],
    { ...window('SAME'), ...fused(['BiasAdd', 'Relu']) },
  );
  const second = graph.node(
    `${path}/conv_2/depthwise`,
    'DepthwiseConv2dNative',
    [first, graph.random('unknown_2', [3, 3, 5, 1])],
    window('SAME'),
  );
  const sum = graph.node(`${path}/add/add`, 'AddV2', [first, second]);
  const mean = graph.node(`${path}/mean/Mean`, 'Mean', [sum, graph.ints('axes', [1, 2])], {
    keep_dims: bool(false),
  });
  const scores = graph.node(
    `${path}/dense/BiasAdd`,
    '_FusedMatMul',
    [mean, graph.random('unknown_4', [5, 3]), graph.random('unknown_5', [3])],
    { ...fused(['BiasAdd']), transpose_a: bool(false), transpose_b: bool(false) },
  );
  const softmax = graph.node(`${path}/dense/Softmax`, 'Softmax', [scores]);
  graph.node('Identity', 'Identity', [softmax]);
  return graph;
}
