import { gradients } from '@noema/autodiff';
import { seededRandom } from '@noema/kernel';
import { type CompiledModel, compileLayers, type CompileMode } from '@noema/layers';
import { findWeight, type LayerCase, layerCases, randomizeWeights } from '@noema/layers/testing';
import { type Dim, encodeModel, GraphBuilder, prune } from '@noema/onnx';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';

type LayersModel = ReturnType<LayerCase['build']>;
type Arrays = ReadonlyMap<string, Float32Array>;

const BATCH = 3;
/**
 * Kinds that TF.js 4.22's CPU backend cannot differentiate, or gets wrong; there the finite differences alone
 * judge.
 */
const BEYOND_TFJS: ReadonlyMap<string, string> = new Map([
  ['Conv2D dilated', 'refuses dilations in gradients'],
  [
    'AveragePooling2D same',
    'divides by the whole window at the border, where the forward pass divides by its part inside',
  ],
  ['AveragePooling1D', 'as AveragePooling2D same'],
  ['BatchNormalization, no scale, no center', 'reads the weights that are not there'],
  ['ThresholdedReLU', 'has no gradient of its comparison'],
  [
    'UpSampling2D',
    'its kernel for the nearest neighbour puts gradients in wrong places when height and width differ',
  ],
  ['UpSampling2D after convolution', 'as UpSampling2D'],
  ['Conv3DTranspose', 'has no gradient of it'],
  ['Masking', 'has no gradient of its comparison'],
  ['UpSampling2D bilinear', 'gives a gradient of another shape than the input'],
]);

const sizes = (dims: readonly Dim[]): number[] => dims.map((d) => (d === 'n' ? BATCH : (d as number)));
const countElements = (dims: readonly Dim[]): number => sizes(dims).reduce((a, b) => a * b, 1);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/**
 * A model whose objective Σ output · seed is differentiated by its data inputs and its trainable parameters.
 */
class Differentiated {
  private constructor(
    readonly compiled: CompiledModel,
    readonly wrt: readonly string[],
    private readonly session: InferenceSession,
    private readonly gradientByTensor: ReadonlyMap<string, string>,
    private readonly dims: ReadonlyMap<string, readonly Dim[]>,
  ) {}

  static async of(compiled: CompiledModel, below?: number): Promise<Differentiated> {
    const builder = new GraphBuilder(compiled.graph);
    const ofs = compiled.outputs.map(({ tensor, dims }, i) => ({
      tensor,
      seed: builder.input(`seed_${i}`, dims),
    }));
    // Whole numbers have no gradient.
    const wrt = [
      ...(below === undefined ? compiled.inputs.map(({ name }) => name) : []),
      ...compiled.parameters.filter(({ trainable }) => trainable).map(({ name }) => name),
    ];
    const { graph, gradientByTensor } = gradients(builder.build(), { ofs, wrt, shapes: compiled.shapes });
    const program = prune(graph, [
      ...compiled.outputs.map(({ tensor }) => tensor),
      ...gradientByTensor.values(),
    ]);
    const session = await InferenceSession.create(encodeModel(program), { intraOpNumThreads: 1 });
    return new Differentiated(
      compiled,
      wrt,
      session,
      gradientByTensor,
      new Map(program.inputs.map(({ name, dims }) => [name, dims])),
    );
  }

  async run(values: Arrays): Promise<{ objective: number; gradient: (wrt: string) => Float32Array }> {
    const feeds = Object.fromEntries(
      [...this.dims].map(([name, dims]) => [name, new Tensor('float32', values.get(name)!, sizes(dims))]),
    );
    const results = await this.session.run(feeds);
    const data = (name: string): Float32Array => results[name]!.data as Float32Array;
    const objective = this.compiled.outputs.reduce(
      (sum, { tensor }, i) => sum + data(tensor).reduce((s, y, j) => s + y * values.get(`seed_${i}`)![j]!, 0),
      0,
    );
    return {
      objective,
      gradient: (wrt) =>
        this.gradientByTensor.has(wrt)
          ? data(this.gradientByTensor.get(wrt)!)
          : new Float32Array(values.get(wrt)!.length),
    };
  }
}

/** Random data, seeds and masks, and the weights of the TF.js model in the graph's layout. */
function valuesFor(model: LayersModel, compiled: CompiledModel, below?: number): Map<string, Float32Array> {
  const random = seededRandom(11);
  const drawn = (dims: readonly Dim[]): Float32Array =>
    Float32Array.from({ length: countElements(dims) }, () => 2 * random() - 1);
  return new Map([
    ...compiled.inputs.map(
      ({ name, dims }) =>
        [
          name,
          below === undefined ? drawn(dims) : drawn(dims).map((u) => Math.floor(((u + 1) / 2) * below)),
        ] as const,
    ),
    ...compiled.outputs.map(({ dims }, i) => [`seed_${i}`, drawn(dims)] as const),
    ...compiled.masks.map(
      ({ name, dims, rate }) =>
        [name, drawn(dims).map((u) => (u < 2 * rate - 1 ? 0 : 1 / (1 - rate)))] as const,
    ),
    ...compiled.parameters.map(
      (parameter) =>
        [
          parameter.name,
          parameter.toGraph(findWeight(model, parameter.name).read().dataSync() as Float32Array),
        ] as const,
    ),
  ]);
}

/** The same gradients by TF.js: of the data inputs, then of the trainable weights. */
function byTensorFlow(
  model: LayersModel,
  { compiled, wrt }: Differentiated,
  values: Arrays,
  training: boolean,
): Map<string, Float32Array> {
  const data = compiled.inputs.map(({ name, dims }) => tf.tensor(values.get(name)!, sizes(dims)));
  const seeds = compiled.outputs.map(({ dims }, i) => tf.tensor(values.get(`seed_${i}`)!, sizes(dims)));
  const objective = (...x: tf.Tensor[]): tf.Scalar => {
    const outputs = [model.apply(x.length === 1 ? x[0]! : x, { training })].flat() as tf.Tensor[];
    return outputs.map((y, i) => tf.sum(tf.mul(y, seeds[i]!))).reduce((a, b) => tf.add(a, b)) as tf.Scalar;
  };
  const result = new Map<string, Float32Array>();
  if (wrt.includes(compiled.inputs[0]!.name))
    tf.grads(objective)(data).forEach((g, i) =>
      result.set(compiled.inputs[i]!.name, g.dataSync() as Float32Array),
    );
  const trained = compiled.parameters.filter(({ trainable }) => trainable);
  if (trained.length > 0) {
    const { grads } = tf.variableGrads(
      () => objective(...data),
      trained.map(({ name }) => (findWeight(model, name) as unknown as { val: tf.Variable }).val),
    );
    for (const parameter of trained) {
      const g = grads[(findWeight(model, parameter.name) as unknown as { val: tf.Variable }).val.name];
      result.set(
        parameter.name,
        g === undefined || g === null
          ? new Float32Array(countElements(parameter.dims))
          : parameter.toGraph(g.dataSync() as Float32Array),
      );
    }
  }
  return result;
}

function expectClose(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = actual.reduce((most, g, i) => Math.max(most, Math.abs(g - expected[i]!)), 0);
  expect(worst / scale, what).toBeLessThan(2e-5);
}

/**
 * The slope of the objective along a random direction of one tensor, by central differences, against the
 * gradient's projection on it.
 */
async function expectSlopes(model: Differentiated, values: Arrays): Promise<void> {
  const { gradient } = await model.run(values);
  for (const [at, name] of model.wrt.entries()) {
    const random = seededRandom(5, at);
    const x = values.get(name)!;
    const direction = x.map(() => 2 * random() - 1);
    const step = 1e-3;
    const moved = (sign: number): Promise<{ objective: number }> =>
      model.run(new Map([...values, [name, x.map((v, i) => v + sign * step * direction[i]!)]]));
    const slope = ((await moved(1)).objective - (await moved(-1)).objective) / (2 * step);
    const g = gradient(name);
    const expected = g.reduce((sum, v, i) => sum + v * direction[i]!, 0);
    const scale = Math.sqrt(g.reduce((sum, v) => sum + v * v, 0)) + 0.1;
    expect(Math.abs(slope - expected) / scale, `${name}: slope ${slope}, gradient ${expected}`).toBeLessThan(
      2e-2,
    );
  }
}

async function prepared(
  layerCase: LayerCase,
  mode: CompileMode,
): Promise<{ model: LayersModel; ours: Differentiated; values: Arrays }> {
  const model = layerCase.build();
  randomizeWeights(model);
  const ours = await Differentiated.of(compileLayers(model.toJSON(), { mode }), layerCase.below);
  return { model, ours, values: valuesFor(model, ours.compiled, layerCase.below) };
}

const known = layerCases.filter(({ name }) => !BEYOND_TFJS.has(name));

describe.each(known)('gradient of $name', (layerCase) => {
  it('is what TF.js gives, for inputs and parameters', async () => {
    const { model, ours, values } = await prepared(layerCase, 'inference');
    const { gradient } = await ours.run(values);
    for (const [name, expected] of byTensorFlow(model, ours, values, false))
      expectClose(gradient(name), expected, name);
  });
});

describe.each(layerCases)('gradient of $name', (layerCase) => {
  it('is the slope of the function', async () => {
    const { ours, values } = await prepared(layerCase, 'inference');
    await expectSlopes(ours, values);
  });
});

describe.each(layerCases.filter(({ name }) => /Normalization|ropout|nested/.test(name)))(
  'gradient in training of $name',
  (layerCase) => {
    it('is the slope of the function, with the masks held', async () => {
      const { ours, values } = await prepared(layerCase, 'training');
      await expectSlopes(ours, values);
    });
  },
);

describe.each(known.filter(({ name }) => name.includes('BatchNormalization')))(
  'gradient in training of $name',
  (layerCase) => {
    it('is what TF.js gives', async () => {
      const { model, ours, values } = await prepared(layerCase, 'training');
      const { gradient } = await ours.run(values);
      for (const [name, expected] of byTensorFlow(model, ours, values, true))
        expectClose(gradient(name), expected, name);
    });
  },
);
