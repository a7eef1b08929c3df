import { evaluateProgram, gradientsProgram } from '@noema/engine';
import {
  compileModel,
  exportOnnx,
  type InputPreprocessing,
  readPreprocessing,
  readModel,
} from '@noema/importers';
import { encodeWeights } from '@noema/layers';
import { decodeModel, float32 } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { engine, fixture } from './run-model.js';
import { zipped } from './zip.writer.js';

afterAll(() => engine.close());

interface Case {
  readonly preprocessing: Omit<InputPreprocessing, 'input'>;
  readonly dims: readonly number[];
  readonly data: readonly number[];
  readonly logits: readonly number[];
}

const cases = JSON.parse((await fixture('pictures.json')).toString()) as Readonly<Record<string, Case>>;
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const read = async (preprocessing: InputPreprocessing[], bytes?: Uint8Array) =>
  readModel(bytes ?? (await fixture('pictures.onnx')), { format: '', outputs: [], preprocessing });

/** The stored model, as every service compiles it. */
const stored = async (preprocessing: InputPreprocessing[], bytes?: Uint8Array) => {
  const { artifact, weights } = await read(preprocessing, bytes);
  return { artifact, weights, model: compileModel(JSON.stringify(artifact), { mode: 'inference' }) };
};

const differences = (found: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));

/** An archive as Hugging Face lays it out. */
const folder = async (config: object): Promise<Buffer> =>
  zipped([
    { name: 'net/model.onnx', content: await fixture('pictures.onnx'), deflated: true },
    { name: 'net/preprocessor_config.json', content: Buffer.from(JSON.stringify(config)), deflated: true },
  ]);

const refusal = (one: Partial<InputPreprocessing>): Promise<string> =>
  read([{ input: '', ...one }]).then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

describe('stated preprocessing', () => {
  it.each(Object.entries(cases))('%s gives what Pillow, numpy and ONNX Runtime give', async (_, one) => {
    const { model, weights } = await stored([{ input: 'image', ...one.preprocessing }]);
    expect(model.inputs[0]!.dims.slice(1)).toEqual(one.dims.slice(1));
    const { program, predictions } = evaluateProgram(model, weights);
    const results = await engine.run(program, { image: float32(one.data, one.dims) });
    expect(differences(results[predictions[0]!]!.data as Float32Array, one.logits)).toBeLessThan(2e-5);
  });

  it('is said in words, in the order of the steps', async () => {
    const { model } = await stored([
      { input: '', dataSize: [9, 4], channelOrder: 'bgr', range: [0, 255], ...IMAGENET },
    ]);
    expect(model.inputs[0]!.preprocessing).toEqual([
      'resized from 9 × 4 to 6 × 5 (bilinear)',
      'channels from RGB to BGR',
      '0 to 1 scaled to 0 to 255',
      'mean 0.485, 0.456, 0.406 subtracted',
      'divided by 0.229, 0.224, 0.225',
    ]);
  });

  it('leads gradients back to the data', async () => {
    const one = cases['bicubic, to −1 to 1']!;
    const { model, weights } = await stored([{ input: 'image', ...one.preprocessing }]);
    const { program, gradients } = gradientsProgram(model, weights, { of: 'scores', inputs: true });
    const feeds = { image: float32(one.data, one.dims), seed: float32([1, 0, 0, 0], [2, 2]) };
    const gradient = (await engine.run(program, feeds))[gradients.get('image')!]!;
    expect(gradient.dims).toEqual(one.dims);
    const evaluate = evaluateProgram(model, weights);
    const scoreAt = async (at: number, value: number): Promise<number> => {
      const data = Float32Array.from(one.data);
      data[at] = value;
      const results = await engine.run(evaluate.program, { image: float32(data, one.dims) });
      return Number(results[evaluate.predictions[0]!]!.data[0]);
    };
    for (const at of [0, 100, 200, 428]) {
      const slope =
        ((await scoreAt(at, one.data[at]! + 0.05)) - (await scoreAt(at, one.data[at]! - 0.05))) / 0.1;
      expect(Number(gradient.data[at])).toBeCloseTo(slope, 3);
    }
  });

  it('stays in an exported file', async () => {
    const one = cases['nearest, BGR']!;
    const { artifact, model, weights } = await stored([{ input: 'image', ...one.preprocessing }]);
    const { inputs } = decodeModel(exportOnnx(artifact, encodeWeights(model.parameters, weights)));
    expect(inputs.map(({ name, dims }) => [name, ...dims.slice(1)])).toEqual([['image', 3, 8, 3]]);
  });

  it('leaves a model of layers its layers', async () => {
    const { artifact, model } = await read([{ input: 'columns', mean: [1, 2], std: [3] }], await kerasFile());
    expect(readPreprocessing(artifact)).toEqual([{ input: 'columns', mean: [1, 2], std: [3] }]);
    expect(model.layers.map(({ name }) => name)).toEqual(['price']);
    expect(model.inputs[0]!.preprocessing).toEqual(['mean 1, 2 subtracted', 'divided by 3']);
  });

  it.each([
    [{ input: 'picture' }, 'names no input of the model; it has "image"'],
    [{ dataSize: [0, 4] as const }, 'has the size 0 × 4; give a height and a width from 1 to 8192'],
    [{ range: [1, 0] as const }, 'has the range 1 to 0; give two numbers, the smaller one first'],
    [{ mean: [1, 2] }, 'has 2 numbers as mean, and the input [6, 5, 3] has 3 channels'],
    [{ std: [0] }, 'has std 0; give numbers above 0'],
    [
      { layout: 'channels-last' as const, channelOrder: 'bgr' as const },
      'has the order bgr, and the input is [3, 6, 5], without three channels last',
    ],
  ])('is refused where it does not fit: %j', async (one, message) => {
    expect(await refusal(one)).toContain(message);
  });

  it('is stated once for each input', async () => {
    await expect(read([{ input: '' }, { input: 'image' }])).rejects.toThrow('"image" is stated twice');
  });
});

describe('a preprocessor_config.json', () => {
  const CONFIG = {
    do_normalize: true,
    image_mean: IMAGENET.mean,
    image_std: IMAGENET.std,
    do_rescale: true,
    rescale_factor: 1 / 255,
    resample: 3,
  };

  it('is applied, and a statement replaces its fields', async () => {
    const own = await read([], await folder(CONFIG));
    expect(readPreprocessing(own.artifact)).toEqual([
      { input: 'image', interpolation: 'bicubic', ...IMAGENET },
    ]);
    const stated = await read([{ input: '', mean: [0.5], dataSize: [8, 8] }], await folder(CONFIG));
    expect(readPreprocessing(stated.artifact)).toEqual([
      { input: 'image', interpolation: 'bicubic', mean: [0.5], std: IMAGENET.std, dataSize: [8, 8] },
    ]);
  });

  it.each([
    ['bytes', { do_rescale: false, do_normalize: false }, [{ range: [0, 255] }]],
    [
      '−1 to 1',
      { rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false },
      [{ range: [-1, 1] }],
    ],
    ['BGR', { do_flip_channel_order: true, do_normalize: false }, [{ channelOrder: 'bgr' }]],
    ['0 to 1', { do_normalize: false }, []],
  ])('may ask for %s', async (_, changes, expected) => {
    const { artifact } = await read([], await folder({ ...CONFIG, resample: 2, ...changes }));
    expect(readPreprocessing(artifact)).toEqual(
      expected.map((one) => ({ input: 'image', interpolation: 'bilinear', ...one })),
    );
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'preprocessor_config.json is no JSON'],
    [
      'words for numbers',
      Buffer.from('{"do_rescale": true, "image_mean": ["a"]}'),
      'has image_mean ["a"], not numbers',
    ],
  ])('is refused: %s', async (_, content, message) => {
    const bytes = zipped([
      { name: 'model.onnx', content: await fixture('pictures.onnx'), deflated: true },
      { name: 'preprocessor_config.json', content, deflated: true },
    ]);
    await expect(read([], bytes)).rejects.toThrow(message);
  });
});

describe('the classes of a config.json', () => {
  const classesFor = async (id2label: object): Promise<readonly string[] | undefined> => {
    const bytes = zipped([
      { name: 'model.onnx', content: await fixture('pictures.onnx'), deflated: true },
      { name: 'config.json', content: Buffer.from(JSON.stringify({ id2label })), deflated: true },
    ]);
    const { artifact } = await read([], bytes);
    return compileModel(artifact, { mode: 'inference' }).outputs[0]!.classNames;
  };

  it('become the classes of the output', async () => {
    expect(await classesFor({ 0: 'cat', 1: 'dog' })).toEqual(['cat', 'dog']);
  });

  it.each([
    ['others than the output has', { 0: 'cat', 1: 'dog', 2: 'ape' }],
    ['the names of no classes', { 0: 'LABEL_0', 1: 'LABEL_1' }],
    ['numbers', { 0: 1, 1: 2 }],
  ])('are left out for %s', async (_, id2label) => {
    expect(await classesFor(id2label)).toBeUndefined();
  });
});

/** A TF.js archive of one dense layer of two columns. */
async function kerasFile(): Promise<Buffer> {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'columns', batch_input_shape: [null, 2] } },
    { class_name: 'Dense', config: { name: 'price', units: 1 } },
  ];
  const weights = [
    { name: 'price/kernel', shape: [2, 1], dtype: 'float32' },
    { name: 'price/bias', shape: [1], dtype: 'float32' },
  ];
  const description = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'net', layers } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  return Promise.resolve(
    zipped([
      { name: 'model.json', content: Buffer.from(JSON.stringify(description)), deflated: true },
      { name: 'weights.bin', content: Buffer.from(Float32Array.of(2, 3, 1).buffer), deflated: true },
    ]),
  );
}
