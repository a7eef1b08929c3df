import { Engine, evaluateProgram } from '@noema/engine';
import { compileModel, findImporter } from '@noema/importers';
import { float32 } from '@noema/onnx';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ZipFile, zipped } from './zip.writer.js';

let model: layers.Sequential;
let saved: tf.io.ModelArtifacts;
const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());
beforeAll(async () => {
  await tf.setBackend('cpu');
  model = layers.sequential({
    layers: [
      layers.layers.conv2d({
        name: 'conv',
        inputShape: [8, 8, 2],
        filters: 3,
        kernelSize: 3,
        activation: 'relu',
      }),
      layers.layers.batchNormalization({ name: 'norm' }),
      layers.layers.flatten({ name: 'flat' }),
      layers.layers.dense({ name: 'classes', units: 4, activation: 'softmax' }),
    ],
  });
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    }),
  );
});

const weights = (): Uint8Array => new Uint8Array(saved.weightData as ArrayBuffer);
const json = (changes: object = {}): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      format: 'layers-model',
      modelTopology: saved.modelTopology,
      weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: saved.weightSpecs }],
      ...changes,
    }),
  );
const files = (changes: object = {}): ZipFile[] => [
  { name: 'net/model.json', content: json(changes), deflated: true },
  { name: 'net/a.bin', content: weights().subarray(0, 100) },
  { name: 'net/b.bin', content: weights().subarray(100), deflated: true },
];
const quantised = (quantization: object): object => ({
  weightsManifest: [{ paths: ['a.bin'], weights: [{ ...saved.weightSpecs![0], quantization }] }],
});

/**
 * The saved model with every number of its weights replaced by drawn ones of `width` bytes, quantised by
 * another scale for each weight.
 */
function drawn(dtype: 'uint8' | 'uint16' | 'float16'): { artifacts: tf.io.ModelArtifacts; zip: Uint8Array } {
  const width = dtype === 'uint8' ? 1 : 2;
  const specs = saved.weightSpecs!.map((spec, i) => ({
    ...spec,
    quantization:
      dtype === 'float16' ? { dtype } : { dtype, scale: (i + 1) / 2 ** (8 * width), min: 0.1 - i / 20 },
  })) as tf.io.WeightsManifestEntry[];
  const size = specs.reduce((sum, { shape }) => sum + width * shape.reduce((a, b) => a * b, 1), 0);
  // Halves from 2⁻⁹ to 2⁻³: signs, exponents and fractions of all kinds, and the smallest numbers too.
  const content =
    dtype === 'float16'
      ? new Uint8Array(
          Uint16Array.from(
            { length: size / 2 },
            (_, i) =>
              (i % 11 === 0 ? i % 1024 : ((i * 37) % 1024) | ((6 + (i % 7)) << 10)) |
              (i % 3 === 0 && i > 40 && i < 54 ? 0x8000 : 0),
          ).buffer,
        )
      : Uint8Array.from({ length: size }, (_, i) => (i * 151 + (i >> 3)) % 256);
  const weightsManifest = [{ paths: ['all.bin'], weights: specs }];
  return {
    artifacts: {
      modelTopology: saved.modelTopology!,
      weightSpecs: specs,
      weightData: content.buffer,
      format: 'layers-model',
    },
    zip: zipped([
      { name: 'model.json', content: json({ weightsManifest }), deflated: true },
      { name: 'all.bin', content },
    ]),
  };
}

async function computePredictions(zip: Uint8Array, rows: Float32Array): Promise<Float32Array> {
  const { artifact, weights: values } = await findImporter('tfjs-layers', zip).read(zip, {});
  const compiled = compileModel(JSON.stringify(artifact), { mode: 'inference' });
  const { program, predictions } = evaluateProgram(compiled, values);
  return (await engine.run(program, { [compiled.inputs[0]!.name]: float32(rows, [3, 8, 8, 2]) }))[
    predictions[0]!
  ]!.data as Float32Array;
}

const refusal = async (bytes: Uint8Array): Promise<string> => {
  try {
    await findImporter('tfjs-layers', bytes).read(bytes, {});
    return 'no error';
  } catch (error) {
    return `${(error as { reason: string }).reason}: ${(error as Error).message}`;
  }
};

describe('a TF.js layers model', () => {
  it('predicts what TF.js predicts', async () => {
    const bytes = zipped(files());
    const importer = findImporter('', bytes);
    expect(importer.key).toBe('tfjs-layers');
    const { artifact, weights: values } = await importer.read(bytes, {});
    const compiled = compileModel(JSON.stringify(artifact), { mode: 'inference' });
    const rows = Float32Array.from({ length: 3 * 128 }, (_, i) => Math.sin(i));
    const { program, predictions } = evaluateProgram(compiled, values);
    const expected = await (model.predict(tf.tensor(rows, [3, 8, 8, 2])) as tf.Tensor).data();
    const found = (await engine.run(program, { [compiled.inputs[0]!.name]: float32(rows, [3, 8, 8, 2]) }))[
      predictions[0]!
    ]!.data as Float32Array;
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
  });

  it.each(['uint8', 'uint16', 'float16'] as const)(
    'with weights stored as %s predicts what TF.js predicts',
    async (dtype) => {
      const { artifacts, zip } = drawn(dtype);
      const rows = Float32Array.from({ length: 3 * 128 }, (_, i) => Math.sin(i));
      const read = await layers.loadLayersModel(tf.io.fromMemory(artifacts));
      const expected = await (read.predict(tf.tensor(rows, [3, 8, 8, 2])) as tf.Tensor).data();
      const found = await computePredictions(zip, rows);
      expect(new Set(expected.map((value) => Math.round(1000 * value))).size).toBeGreaterThan(2);
      expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    },
  );

  it('with a model inside it predicts what TF.js predicts, whose weights are named without that model', async () => {
    const inner = layers.input({ shape: [4] });
    const encoder = layers.model({
      name: 'encoder',
      inputs: inner,
      outputs: layers.layers
        .dense({ name: 'inside', units: 3, activation: 'tanh' })
        .apply(inner) as layers.SymbolicTensor,
    });
    const outer = layers.input({ shape: [4] });
    const nested = layers.model({
      inputs: outer,
      outputs: layers.layers
        .dense({ name: 'outside', units: 2 })
        .apply(encoder.apply(outer)) as layers.SymbolicTensor,
    });
    let artifacts: tf.io.ModelArtifacts | undefined;
    await nested.save(
      tf.io.withSaveHandler((given) => {
        artifacts = given;
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
        });
      }),
    );
    const { modelTopology, weightSpecs, weightData } = artifacts!;
    expect(weightSpecs!.map(({ name }) => name)).toContain('inside/kernel');
    const zip = zipped([
      {
        name: 'model.json',
        content: Buffer.from(
          JSON.stringify({
            format: 'layers-model',
            modelTopology,
            weightsManifest: [{ paths: ['w.bin'], weights: weightSpecs }],
          }),
        ),
      },
      { name: 'w.bin', content: new Uint8Array(weightData as ArrayBuffer) },
    ]);
    const { artifact, weights: values } = await findImporter('tfjs-layers', zip).read(zip, {});
    const compiled = compileModel(JSON.stringify(artifact), { mode: 'inference' });
    const rows = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const { program, predictions } = evaluateProgram(compiled, values);
    const expected = await (nested.predict(tf.tensor(rows, [3, 4])) as tf.Tensor).data();
    const found = (await engine.run(program, { [compiled.inputs[0]!.name]: float32(rows, [3, 4]) }))[
      predictions[0]!
    ]!.data as Float32Array;
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
  });

  it.each<[string, () => Uint8Array, string]>([
    [
      'cut',
      () => zipped(files()).subarray(0, -30),
      'MODEL_FILE_INVALID: the file cannot be imported: the archive is cut off',
    ],
    [
      'with a path that leads out',
      () => zipped([...files(), { name: '../../x', content: Buffer.from('x') }]),
      'the archive has "../../x", which leads out of it',
    ],
    [
      'with weights that lead out',
      () => zipped(files({ weightsManifest: [{ paths: ['../../etc/passwd'], weights: saved.weightSpecs }] })),
      'the archive has no "net/../../etc/passwd"',
    ],
    [
      'that claims two gigabytes',
      () => zipped([...files(), { name: 'bomb', content: Buffer.alloc(9), claimedSize: 2 ** 31 }]),
      'the archive unpacks to more than 1073741824 bytes',
    ],
    [
      'that unpacks to more than it says',
      () =>
        zipped([
          ...files().slice(0, 2),
          { name: 'net/b.bin', content: Buffer.alloc(1 << 24), deflated: true, claimedSize: 100 },
        ]),
      'bytes) cannot be unpacked',
    ],
    [
      'encrypted',
      () => zipped([{ ...files()[0]!, encrypted: true }]),
      '"net/model.json" of the archive is encrypted',
    ],
    ['twice the same', () => zipped([...files(), files()[0]!]), 'the archive has "net/model.json" twice'],
    [
      'with weights that end early',
      () => zipped(files({ weightsManifest: [{ paths: ['a.bin'], weights: saved.weightSpecs }] })),
      'which end at 100',
    ],
    [
      'quantised without a scale',
      () => zipped(files(quantised({ dtype: 'uint8' }))),
      'weight "conv/kernel" is quantized with scale undefined and min undefined; both must be finite numbers',
    ],
    [
      'quantised in another way',
      () => zipped(files(quantised({ dtype: 'int4', scale: 1, min: 0 }))),
      'weight "conv/kernel" is quantized as "int4"; known: uint8, uint16, float16',
    ],
    [
      'without a weight',
      () => zipped(files({ weightsManifest: [] })),
      'it has no weight "conv/kernel"; it has none',
    ],
    [
      'of unknown layers',
      () =>
        zipped(
          files({
            modelTopology: {
              class_name: 'Sequential',
              config: [{ class_name: 'Denze', config: { name: 'd' } }],
            },
          }),
        ),
      'LAYER_KIND_UNKNOWN: layer "d" is of unknown kind "Denze"',
    ],
    [
      'of a graph without nodes',
      () => zipped(files({ format: 'graph-model' })),
      'its modelTopology has no list "node"',
    ],
  ])('%s is refused', async (_, bytes, reason) => {
    expect(await refusal(bytes())).toContain(reason);
  });

  it('takes no activation behind its output', async () => {
    const bytes = zipped(files());
    await expect(
      (async () => findImporter('', bytes).read(bytes, { outputActivation: 'softmax' }))(),
    ).rejects.toMatchObject({
      reason: 'MODEL_IMPORT_INVALID',
      violations: [{ field: 'model_file.output_activation' }],
    });
  });
});
