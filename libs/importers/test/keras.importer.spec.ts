import { gradientsProgram } from '@noema/engine';
import { compileModel, findImporter, importModel } from '@noema/importers';
import { seededRandom } from '@noema/kernel';
import * as h5 from 'h5wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { ZipReader } from '../src/archive/zip.reader.js';
import { measureDifference, engine, fixture, imported } from './run-model.js';
import { zipped, type ZipFile } from './zip.writer.js';

afterAll(() => engine.close());

const unpacked = async (name: string): Promise<{ config: Buffer; weights: Buffer }> => {
  const zip = await ZipReader.open(await fixture(name));
  return { config: await zip.read('config.json'), weights: await zip.read('model.weights.h5') };
};

/** A `.keras` file of the parts of net-3.keras, some of them changed. */
async function archive(changes: Record<string, Uint8Array | undefined> = {}): Promise<Buffer> {
  const { config, weights } = await unpacked('net-3.keras');
  const files = { 'config.json': config, 'model.weights.h5': weights, ...changes };
  return zipped(
    Object.entries(files).flatMap(([name, content]): ZipFile[] =>
      content === undefined ? [] : [{ name, content, deflated: true }],
    ),
  );
}

/** The bytes of an HDF5 file that `write` fills. */
async function hdf5(write: (file: h5.File) => void): Promise<Buffer> {
  const { FS } = await h5.ready;
  const file = new h5.File('written.h5', 'w');
  write(file);
  file.close();
  return Buffer.from(FS.readFile('written.h5'));
}

const refusal = async (bytes: Uint8Array, format = ''): Promise<string> => {
  try {
    await findImporter(format, bytes).read(bytes, {});
    return 'no error';
  } catch (error) {
    const { kind, reason, message } = error as { kind: string; reason: string; message: string };
    return `${kind} ${reason}: ${message}`;
  }
};

describe('a file of Keras', () => {
  it.each([
    ['net-3.keras', 'net-3-keras'],
    ['net-3.h5', 'net-3-h5'],
    ['net-2.h5', 'net-2-h5'],
    ['net-2.keras', 'net-2-keras'],
    ['normalised-2.h5', 'normalised-2-h5'],
    ['normalised-3.keras', 'normalised-3-keras'],
  ])('%s predicts what Keras predicts', async (file, expected) => {
    expect(await measureDifference(await imported(file), `${expected}.json`)).toBeLessThan(1e-6);
  });

  it('has the layers of its topology, and gradients at all of them', async () => {
    const { model, weights } = await imported('net-3.keras');
    expect(model.layers.map(({ name, kind, units }) => [name, kind, units])).toEqual([
      ['both', 'Bidirectional', 6],
      ['attention', 'MultiHeadAttention', 6],
      ['inner/steps', 'TimeDistributed', 5],
      ['inner/frozen', 'Dense', 5],
      ['inner/second', 'Dense', 4],
      ['gru', 'GRU', 3],
      ['shared', 'Dense', 3],
      ['before', 'Dense', 3],
      ['shared:1', 'Dense', 3],
      ['classes', 'Dense', 2],
    ]);
    const layers = model.layers.map(({ name }) => name);
    expect([...gradientsProgram(model, weights, { of: 'scores', layers }).gradients.keys()]).toEqual(layers);
  });

  it('may be a topology as JSON next to its weights', async () => {
    const { config, weights } = await unpacked('net-3.keras');
    const bytes = zipped([
      { name: 'net/model.json', content: config, deflated: true },
      { name: 'net/model.weights.h5', content: weights },
    ]);
    const read = await findImporter('', bytes).read(bytes, {});
    const model = compileModel(read.artifact, { mode: 'inference' });
    expect(await measureDifference({ ...read, model }, 'net-3-keras.json')).toBeLessThan(1e-6);
  });

  it('is read in the process with bounded memory', async () => {
    const bytes = await fixture('net-2.h5');
    const read = await importModel(
      (async function* () {
        yield bytes;
      })(),
      { format: '', outputs: [] },
      { limits: { memoryBytes: 2 ** 30, timeoutMs: 60_000 }, signal: new AbortController().signal },
    );
    expect(read.format).toBe('keras-h5');
  });
});

describe('a file of Keras that cannot be read is refused with its fault', () => {
  const edited = async (change: (config: string) => string): Promise<Buffer> => {
    const { config } = await unpacked('net-3.keras');
    return archive({ 'config.json': Buffer.from(change(config.toString())) });
  };
  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'layers of the user',
      () => fixture('custom.keras'),
      'unsupported MODEL_CUSTOM_OBJECTS: the model has layers that are not read here: Doubled (mine>Doubled)',
    ],
    [
      'code',
      () => fixture('lambda.keras'),
      'unsupported MODEL_LAMBDA: the model has Lambda layers (twice), which hold Python code',
    ],
    ['a cut archive', async () => (await fixture('net-3.keras')).subarray(0, 60_000), 'invalid MODEL_F'],
    [
      'a cut file',
      async () => (await fixture('net-2.h5')).subarray(0, 30_000),
      'invalid MODEL_FILE_INVALID: the file cannot be imported: its HDF5 file is damaged',
    ],
    [
      'no weights',
      () => archive({ 'model.weights.h5': undefined, 'other.weights.h5.txt': Buffer.from('none') }),
      'the archive has 1 topologies (.json) and 0 files of weights (.h5)',
    ],
    [
      'weights that are something else',
      () => archive({ 'model.weights.h5': Buffer.from('\x80\x04pickle') }),
      'its weights are not an HDF5 file',
    ],
    ['a broken topology', () => archive({ 'config.json': Buffer.from('{') }), 'its topology is no JSON'],
    [
      'another shape',
      () => edited((config) => config.replace('"units": 2', '"units": 3')),
      'weight "classes/kernel" is [6, 2] in the file ("layers/dense_2/vars/0"), and the layers need [6, 3]',
    ],
    [
      'a bias that is missing',
      () => edited((config) => config.replace(/("name": "classes".*?"use_bias": )true/, '$1false')),
      'layer "classes" (Dense) has 1 weights, and the file holds 2 for it',
    ],
    [
      'a link to another file',
      async () =>
        archive({
          'model.weights.h5': await hdf5((file) => {
            file.create_group('layers').create_external_link('/etc/passwd', '/', 'bidirectional');
          }),
        }),
      'is a link to another file',
    ],
    [
      'weights alone',
      () => hdf5((file) => file.create_group('layers')),
      'the file has weights and no model_config',
    ],
    [
      'nothing',
      async () => archive({ 'model.weights.h5': await hdf5((file) => file.create_group('optimizer')) }),
      'its HDF5 file has neither layer_names nor layers',
    ],
    [
      'arrays beyond the limit',
      async () =>
        archive({
          'model.weights.h5': await fixture('huge-array.h5'),
        }),
      'its arrays have more than 1073741824 bytes',
    ],
  ])('%s', async (_, bytes, reason) => {
    expect(await refusal(await bytes())).toContain(reason);
  });

  it('by an error of ours wherever single bytes of it are changed', async () => {
    const whole = await fixture('normalised-2.h5');
    const random = seededRandom(7);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const broken = Buffer.from(whole);
      for (let j = 0; j < 3; j++) broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
      seen.add((await refusal(broken, 'keras-h5')).split(':')[0]!);
    }
    expect([...seen].filter((reason) => !/^(no error|(invalid|unsupported) [A-Z_]+)$/.test(reason))).toEqual(
      [],
    );
    expect(seen.size).toBeGreaterThan(1);
  });
});
