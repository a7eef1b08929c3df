import {
  decodeCheckpoint,
  encodeCheckpoint,
  evaluateProgram,
  gradientsProgram,
  resident,
  Trainer,
  type Weights,
} from '@noema/engine';
import {
  type Adaptation,
  adaptArtifact,
  compileModel,
  exportOnnx,
  findImporter,
  type NewHead,
} from '@noema/importers';
import { type CompiledModel, encodeWeights } from '@noema/layers';
import { float32 } from '@noema/onnx';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { engine, fixture, imported } from './run-model.js';

afterAll(() => engine.close());

interface FineTuned {
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly probabilities: readonly number[];
}
interface Reference extends Readonly<Record<'base' | 'conv1' | 'nothing', FineTuned>> {
  readonly pictures: readonly number[];
  readonly labels: readonly number[];
  readonly rate: number;
  readonly head: { readonly kernel: readonly number[]; readonly bias: readonly number[] };
}

const reference = JSON.parse((await fixture('fine-tuning.json')).toString()) as Reference;
const pictures = float32(reference.pictures, [12, 8, 8, 3]);
const bytes = await fixture('fine-tuning.onnx');
const original = await findImporter('', bytes).read(bytes, { outputActivation: 'softmax' });
const HEAD: NewHead = {
  kind: 'head',
  output: 'scores',
  units: 3,
  activation: 'softmax',
  classNames: ['a', 'b', 'c'],
};

/** The imported network with an adaptation, as every service compiles it, and its weights. */
function adapted(adaptation: Adaptation, from = original) {
  const { artifact, added } = adaptArtifact(from.artifact, adaptation);
  const weights = new Map([...from.weights, ...added.map((spec) => [spec.name, spec.initial(3)] as const)]);
  return { artifact, weights: weights as Weights, added };
}

const compiled = (artifact: unknown, frozen: readonly string[] = []): CompiledModel =>
  compileModel(JSON.parse(JSON.stringify(artifact)), { mode: 'training', frozen });

async function predictions(model: CompiledModel, weights: Weights, data = pictures): Promise<Float32Array> {
  const { program, predictions: names } = evaluateProgram(model, weights);
  return (await engine.run(program, { [model.inputs[0]!.name]: data }))[names[0]!]!.data as Float32Array;
}

const difference = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  found.length === expected.length
    ? Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i]!)))
    : Infinity;

describe('a new head', () => {
  const { artifact, weights, added } = adapted(HEAD);
  const model = compiled(artifact);

  it('takes the place of the last layer, and is a layer with units', () => {
    expect(model.layers.map(({ name, units }) => [name, units])).toEqual([
      ['conv1', 6],
      ['conv2', 8],
      ['head', 3],
    ]);
    expect(model.outputs[0]).toMatchObject({
      name: 'scores',
      nonLinearity: 'softmax',
      classNames: ['a', 'b', 'c'],
    });
    expect(model.parameters.map(({ name }) => name)).toEqual([
      ...[...original.weights.keys()].filter((name) => !name.startsWith('fc/')),
      'head/kernel',
      'head/bias',
    ]);
    expect(model.summary.at(-1)).toMatchObject({
      name: 'head',
      kind: 'Dense',
      outputDims: [3],
      parameterCount: 99,
    });
  });

  it('has the same first weights for the same seed, and others for another', () => {
    const [kernel] = added;
    expect(kernel!.initial(3)).toEqual(kernel!.initial(3));
    expect(kernel!.initial(4)).not.toEqual(kernel!.initial(3));
  });

  it.each([
    ['base', ['conv1', 'conv2']],
    ['conv1', ['conv1']],
    ['nothing', []],
  ] as const)('is trained as PyTorch trains it with %s frozen', async (key, frozen) => {
    const expected = reference[key];
    const first = new Map([
      ...weights,
      ['head/kernel', Float32Array.from(reference.head.kernel)],
      ['head/bias', Float32Array.from(reference.head.bias)],
    ]);
    const trainer = Trainer.create({
      model: compiled(artifact, frozen),
      losses: [{ loss: 'categorical_crossentropy' }],
      optimizer: { name: 'sgd', settings: { learning_rate: reference.rate } },
      data: new Map([
        ['image', resident(pictures.data as Float32Array, [8, 8, 3])],
        ['target:scores', resident(oneHot(reference.labels, 3), [3])],
      ]),
      rows: Uint32Array.from(reference.labels.keys()),
      weights: first,
      batchSize: 12,
      seed: 0,
      workers: 1,
    });
    try {
      for (const loss of expected.losses)
        expect(Math.abs((await trainer.trainEpoch()).loss - loss)).toBeLessThan(1e-5);
      const trained = trainer.weights();
      for (const layer of frozen)
        for (const [name, values] of trained)
          if (name.startsWith(`${layer}/`))
            expect(Buffer.from(values.buffer, values.byteOffset, values.byteLength)).toEqual(
              Buffer.from(first.get(name)!.buffer, first.get(name)!.byteOffset, first.get(name)!.byteLength),
            );
      for (const layer of ['conv1', 'conv2'])
        for (const [ours, theirs] of Object.entries({ weight: 'weight', bias: 'bias' }))
          expect(
            difference(trained.get(`${layer}/${ours}`)!, expected.weights[`${layer}.${theirs}`]!),
          ).toBeLessThan(1e-4);
      expect(difference(trained.get('head/bias')!, expected.weights['fc.bias']!)).toBeLessThan(1e-4);
      expect(difference(await predictions(compiled(artifact), trained), expected.probabilities)).toBeLessThan(
        1e-4,
      );
    } finally {
      await trainer.close();
    }
  });

  it('has gradients down to the picture', async () => {
    const { program, gradients } = gradientsProgram(model, weights, { of: 'scores', inputs: true });
    const seed = float32(oneHot(reference.labels, 3), [12, 3]);
    const found = (await engine.run(program, { image: pictures, seed }))[gradients.get('image')!]!;
    expect(found.dims).toEqual([12, 8, 8, 3]);
    expect((found.data as Float32Array).some((value) => value !== 0)).toBe(true);
  });

  it('reads the mean responses of a named layer, and drops what is behind it', async () => {
    const after = adapted({ ...HEAD, after: 'conv1' });
    const short = compiled(after.artifact);
    expect(short.layers.map(({ name }) => name)).toEqual(['conv1', 'head']);
    expect(short.parameters.find(({ name }) => name === 'head/kernel')!.dims).toEqual([6, 3]);
    const found = await predictions(short, after.weights);
    expect(found).toHaveLength(36);
  });

  it('of a layer that does not exist is refused with the layers', () => {
    expect(() => adaptArtifact(original.artifact, { ...HEAD, after: 'conv9' })).toThrow(
      /no layer "conv9".*conv1, conv2, fc/,
    );
  });

  it('can be replaced once more', () => {
    const again = compiled(adaptArtifact(artifact, { ...HEAD, units: 7, classNames: [] }).artifact);
    expect(again.layers.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'head_2']);
    expect(again.outputs[0]!.dims).toEqual(['n', 7]);
  });

  it('is in the exported ONNX file', async () => {
    const stored = encodeWeights(model.parameters, weights);
    const session = await InferenceSession.create(exportOnnx(artifact, stored));
    const fed = { image: new Tensor('float32', pictures.data as Float32Array, [12, 8, 8, 3]) };
    const { scores } = await session.run(fed);
    expect(difference(scores!.data as Float32Array, await predictions(model, weights))).toBeLessThan(1e-5);
  });
});

describe('a new head of a Keras model', () => {
  it('keeps the layers below it', async () => {
    const keras = await imported('net-3.keras');
    const { artifact } = adaptArtifact(keras.artifact, { ...HEAD, output: keras.model.outputs[0]!.name });
    const model = compiled(artifact);
    expect(model.outputs[0]!.dims).toEqual(['n', 3]);
    expect(model.layers.at(-1)!.name).toBe('head');
    expect(model.parameters.length).toBeGreaterThan(2);
    const weights: Weights = new Map(
      model.parameters.map((spec) => [spec.name, keras.weights.get(spec.name) ?? spec.initial(1)]),
    );
    const [{ name, dims }] = model.inputs as [CompiledModel['inputs'][number]];
    const sizes = dims.slice(1).map(Number);
    const data = float32(new Float32Array(sizes.reduce((a, b) => a * b, 1)), [1, ...sizes]);
    const { program, predictions: names } = evaluateProgram(model, weights);
    expect((await engine.run(program, { [name]: data }))[names[0]!]!.dims).toEqual([1, 3]);
  });
});

describe('a new head of a described network with batch normalisation', () => {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'image', batch_input_shape: [null, 8, 8, 3] } },
    { class_name: 'Conv2D', config: { name: 'conv', filters: 4, kernel_size: 3, use_bias: false } },
    { class_name: 'BatchNormalization', config: { name: 'bn', momentum: 0.5 } },
    { class_name: 'Activation', config: { name: 'relu', activation: 'relu' } },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
    { class_name: 'Dense', config: { name: 'scores', units: 5, activation: 'softmax' } },
  ];
  const described = { class_name: 'Sequential', config: { name: 'net', layers } };
  const { artifact } = adaptArtifact(described, HEAD);

  it('has the same weights for training and for inference', () => {
    const names = (mode: 'training' | 'inference') =>
      compileModel(artifact, { mode }).parameters.map(({ name }) => name);
    expect(names('training')).toEqual(names('inference'));
    expect(names('training')).toContain('bn/moving_mean');
  });

  it.each([
    ['keeps', ['conv', 'bn'], true],
    ['moves', [], false],
  ] as const)('%s the moving statistics of a layer with %j frozen', async (_, frozen, isKept) => {
    const model = compiled(artifact, frozen);
    expect(model.updates).toHaveLength(isKept ? 0 : 2);
    const first: Weights = new Map(model.parameters.map((spec) => [spec.name, spec.initial(1)]));
    const trainer = Trainer.create({
      model,
      losses: [{ loss: 'categorical_crossentropy' }],
      optimizer: { name: 'adam' },
      data: new Map([
        ['image', resident(pictures.data as Float32Array, [8, 8, 3])],
        ['target:scores', resident(oneHot(reference.labels, 3), [3])],
      ]),
      rows: Uint32Array.from(reference.labels.keys()),
      weights: first,
      batchSize: 6,
      seed: 0,
      workers: 1,
    });
    try {
      await trainer.trainEpoch();
      const trained = trainer.weights();
      const isEqual = (name: string) => trained.get(name)!.join() === first.get(name)!.join();
      expect(isEqual('bn/moving_mean')).toBe(isKept);
      expect(isEqual('conv/kernel')).toBe(isKept);
      expect(isEqual('head/kernel')).toBe(false);
      // The state of the optimizer covers what is trained alone, and survives its file.
      const checkpoint = trainer.checkpoint();
      expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
      expect(checkpoint.slots[0]!.has('conv/kernel')).toBe(!isKept);
      expect([...checkpoint.weights.keys()]).toEqual(model.parameters.map(({ name }) => name));
    } finally {
      await trainer.close();
    }
  });
});

describe('another order of classes', () => {
  const order = [4, 0, 3, 1, 2];
  const { artifact, weights } = adapted({
    kind: 'order',
    output: 'scores',
    order,
    classNames: ['e', 'a', 'd', 'b', 'c'],
  });

  it('permutes scores and logits, and keeps all weights', async () => {
    const before = await predictions(compiled(original.artifact), original.weights);
    const after = await predictions(compiled(artifact), weights);
    expect(after).toEqual(before.map((_, i) => before[i - (i % 5) + order[i % 5]!]!));
    expect([...weights.keys()]).toEqual([...original.weights.keys()]);
    expect(compiled(artifact).outputs[0]!.classNames).toEqual(['e', 'a', 'd', 'b', 'c']);
  });

  it('has the gradients of the classes in that order', async () => {
    const gradient = async (of: typeof artifact, k: number) => {
      const { program, gradients } = gradientsProgram(compiled(of), weights, { of: 'scores', inputs: true });
      const seed = float32(oneHot(Array<number>(12).fill(k), 5), [12, 5]);
      return (await engine.run(program, { image: pictures, seed }))[gradients.get('image')!]!.data;
    };
    const moved = (await gradient(artifact, 0)) as Float32Array;
    expect(difference(moved, (await gradient(original.artifact, 4)) as Float32Array)).toBeLessThan(1e-7);
  });
});

function oneHot(labels: readonly number[], classes: number): Float32Array {
  return Float32Array.from({ length: labels.length * classes }, (_, i) =>
    Number(labels[Math.floor(i / classes)] === i % classes),
  );
}
