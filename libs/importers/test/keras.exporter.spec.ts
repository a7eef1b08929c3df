import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { evaluateProgram, initialWeights, type Weights } from '@noema/engine';
import {
  adaptArtifact,
  type Adaptation,
  compileModel,
  exportKeras,
  findImporter,
  type NewHead,
} from '@noema/importers';
import { compileLayers, encodeWeights, layersArtifact } from '@noema/layers';
import { seededRandom } from '@noema/kernel';
import { elementCount, float32, type TensorData } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { adaptedBases, type KerasCase, kerasCases } from './keras.models.js';
import { engine, fixture } from './run-model.js';

/** Interpreter that has Keras 3, with the backend that KERAS_BACKEND names. */
const PYTHON = process.env['NOEMA_KERAS_PYTHON'];
const SCRIPT = fileURLToPath(new URL('../../test/keras_outputs.py', import.meta.url));
const ROWS = 3;

afterAll(() => engine.close());

interface Exported {
  readonly file: Uint8Array;
  readonly topology: unknown;
  readonly weights: Weights;
}

interface AdaptedCase extends KerasCase {
  readonly adaptations?: readonly Adaptation[];
}
const head = (output: string, changes: Partial<NewHead> = {}): NewHead => ({
  ...{ kind: 'head', output, units: 5, activation: 'softmax', classNames: [...'abcde'] },
  ...changes,
});
const adaptedCase = (name: string, case_: KerasCase, ...adaptations: Adaptation[]): AdaptedCase => ({
  ...case_,
  name,
  adaptations,
});
const [pictures, series, shared] = adaptedBases;
const adaptedCases = [
  adaptedCase('a head in place of the last layer', pictures!, head('classes')),
  adaptedCase('a head over pictures, after a convolution', pictures!, head('classes', { after: 'conv' })),
  adaptedCase('a linear head over steps', series!, head('y', { after: 'steps', activation: 'linear' })),
  adaptedCase(
    'a head that reads the second call of a shared layer',
    shared!,
    head('y', { activation: 'sigmoid' }),
  ),
  adaptedCase('another order of classes', pictures!, {
    ...{ kind: 'order', output: 'classes', order: [2, 0, 1], classNames: [...'cab'] },
  }),
  adaptedCase('a head whose classes are put in order', pictures!, head('classes'), {
    ...{ kind: 'order', output: 'classes', order: [4, 3, 0, 1, 2], classNames: [...'edabc'] },
  }),
];

/** Weights that training could have left: none is at its first value. */
async function exported({
  topology: plain,
  adaptations = [],
}: Pick<AdaptedCase, 'topology' | 'adaptations'>): Promise<Exported> {
  const base = layersArtifact(plain, compileLayers(plain, { mode: 'training' }).parameters);
  const topology = adaptations.reduce<unknown>((from, one) => adaptArtifact(from, one).artifact, base);
  const model = compileModel(topology, { mode: 'training' });
  const random = seededRandom(11);
  const weights = new Map(
    [...initialWeights(model, 7)].map(([name, values]) => [
      name,
      values.map((value) => value + 0.2 * random() + (name.endsWith('variance') ? 0.3 : 0)),
    ]),
  );
  return {
    file: await exportKeras(JSON.stringify(topology), encodeWeights(model.parameters, weights)),
    topology,
    weights,
  };
}

/** Numbers for the inputs of a model. */
function feeds({ topology, below }: KerasCase): Record<string, TensorData> {
  const random = seededRandom(5);
  return Object.fromEntries(
    compileLayers(topology, { mode: 'inference' }).inputs.map(({ name, dims }) => {
      const own = [ROWS, ...dims.slice(1).map(Number)];
      const data = Float32Array.from({ length: elementCount(own) }, () =>
        below === undefined ? 2 * random() - 1 : Math.floor(random() * below),
      );
      return [name, float32(data, own)];
    }),
  );
}

async function predicted(
  topology: unknown,
  weights: Weights,
  inputs: Record<string, TensorData>,
): Promise<number[][]> {
  const model = compileModel(topology, { mode: 'inference' });
  const { program, predictions } = evaluateProgram(model, weights);
  const outputs = await engine.run(program, inputs);
  return predictions.map((name) => Array.from(outputs[name]!.data, Number));
}

describe('a .keras file', () => {
  it.each(kerasCases.map((one) => [one.name, one] as const))(
    'is read again unchanged: %s',
    async (_, one) => {
      const { file, topology, weights } = await exported(one);
      const read = await findImporter('', file).read(file, {});
      const inputs = feeds(one);
      const expected = await predicted(topology, weights, inputs);
      expect(await predicted(read.artifact, read.weights, inputs)).toEqual(expected);
    },
  );

  it.each(adaptedCases.map((one) => [one.name, one] as const))(
    'predicts what an adapted model predicts: %s',
    async (_, one) => {
      const { file, topology, weights } = await exported(one);
      const read = await findImporter('', file).read(file, {});
      const inputs = feeds(one);
      const [expected] = await predicted(topology, weights, inputs);
      const [found] = await predicted(read.artifact, read.weights, inputs);
      expect(found).toHaveLength(expected!.length);
      for (const [i, value] of expected!.entries()) expect(found![i]).toBeCloseTo(value, 6);
    },
  );

  it('has the same bytes for the same model', async () => {
    const [one, two] = [await exported(kerasCases[0]!), await exported(kerasCases[0]!)];
    expect(Buffer.compare(one.file, two.file)).toBe(0);
  });

  it.skipIf(PYTHON === undefined)(
    'predicts in Keras 3 what it predicts here (NOEMA_KERAS_PYTHON)',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'noema-keras-'));
      try {
        const cases = await Promise.all(
          [...kerasCases, ...adaptedCases].map(async (one, at) => {
            const { file, topology, weights } = await exported(one);
            const inputs = feeds(one);
            await writeFile(join(folder, `${at}.keras`), file);
            return { ...one, inputs, outputs: await predicted(topology, weights, inputs) };
          }),
        );
        await writeFile(
          join(folder, 'cases.json'),
          JSON.stringify(
            cases.map(({ inputs }, at) => ({
              file: `${at}.keras`,
              inputs: Object.values(inputs).map(({ dims, data }) => ({
                dims,
                data: Array.from(data, Number),
              })),
            })),
          ),
        );
        await promisify(execFile)(PYTHON!, [SCRIPT, folder], { maxBuffer: 2 ** 26 });
        const { results } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as {
          results: { error?: string; outputs?: number[][] }[];
        };
        const faults = cases.flatMap(({ name, outputs }, at) => {
          const { error, outputs: theirs } = results[at]!;
          if (theirs === undefined) return [`${name}: ${error ?? ''}`];
          const worst = Math.max(
            ...outputs.flatMap((output, o) =>
              output.map((value, i) => Math.abs(value - (theirs[o]?.[i] ?? NaN))),
            ),
          );
          return worst <= 1e-5 ? [] : [`${name}: differs by ${worst}`];
        });
        expect(faults).toEqual([]);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    300_000,
  );
});

describe('what Keras cannot express', () => {
  const chained = (kind: string, config: object, input: object = {}) => ({
    topology: {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 4], ...input } },
          { class_name: kind, config: { name: 'odd', ...config } },
        ],
      },
    },
  });

  it.each([
    ['a kind', chained('ThresholdedReLU', { theta: 1 }), 'layer "odd" .* ThresholdedReLU'],
    ['an activation', chained('Dense', { units: 2, activation: 'gelu_new' }), 'layer "odd" .* gelu_new'],
    [
      'another formula',
      chained('Dense', { units: 2, activation: 'hard_sigmoid' }),
      'layer "odd" .* hard_sigmoid',
    ],
    [
      'masks of Keras 2',
      chained('Embedding', { input_dim: 3, output_dim: 2, mask_zero: true }),
      'layer "odd" .* masks',
    ],
    [
      'interpolation of TF.js',
      chained('UpSampling2D', { interpolation: 'bilinear' }, { batch_input_shape: [null, 4, 4, 1] }),
      'layer "odd" .* corners of pixels',
    ],
  ])('is refused with the name of the layer: %s', async (_, one, message) => {
    await expect(exported(one)).rejects.toMatchObject({
      reason: 'EXPORT_LAYER_UNSUPPORTED',
      metadata: { layer: 'odd' },
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused for a head that reads scores before their softmax', async () => {
    const [one] = adaptedBases;
    await expect(
      exported({ ...one!, adaptations: [head('classes', { after: 'classes' })] }),
    ).rejects.toMatchObject({
      reason: 'EXPORT_NOT_LAYERS',
      message: expect.stringContaining('a part of layer "classes"') as string,
    });
  });

  it('is refused for an imported graph, and for a model with preprocessing', async () => {
    const bytes = await fixture('keras-cnn.onnx');
    const { artifact } = await findImporter('', bytes).read(bytes, {});
    await expect(exportKeras(artifact, new Uint8Array())).rejects.toMatchObject({
      reason: 'EXPORT_NOT_LAYERS',
    });
    const { topology, weights } = await exported(kerasCases[0]!);
    const model = compileModel(topology, { mode: 'training' });
    await expect(
      exportKeras(
        { ...(topology as object), preprocessing: [{ input: 'x', range: [0, 255] }] },
        encodeWeights(model.parameters, weights),
      ),
    ).rejects.toMatchObject({ reason: 'EXPORT_NOT_LAYERS' });
  });
});
