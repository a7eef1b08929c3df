import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { model as digitsNetwork } from '@noema/example-mnist';
import { seededRandom } from '@noema/kernel';
import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { unpacked } from './npm.package.js';

/**
 * MobileNetV2 of nsfwjs as it ships, quantised weights and all: its modules hold model.json and the weights
 * as base64.
 */
export async function nsfwjs(cache: string, folder: string): Promise<string> {
  const models = join(await unpacked(cache, 'nsfwjs@4.3.0'), 'dist/models/mobilenet_v2');
  const load = createRequire(import.meta.url);
  const shard = 'group1-shard1of1';
  const weights: unknown = load(join(models, `${shard}.min.js`));
  await writeFile(join(folder, 'model.json'), JSON.stringify(load(join(models, 'model.min.js'))));
  await writeFile(
    join(folder, shard),
    Buffer.from(
      typeof weights === 'string' ? weights : (weights as Record<string, string>)[shard]!,
      'base64',
    ),
  );
  execFileSync('python3', ['-m', 'zipfile', '-c', 'model.zip', 'model.json', shard], { cwd: folder });
  return join(folder, 'model.zip');
}

/** The network of the walk, untrained. */
export async function digitsModel(_cache: string, folder: string): Promise<string> {
  const path = join(folder, 'model.json');
  await writeFile(path, JSON.stringify(digitsNetwork));
  return path;
}

/** Blocks of each stage of ResNet-50, and channels inside them. */
const STAGES = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
] as const;
const EXPANSION = 4;
const CLASSES = 1000;
/** The scale of a residual branch, so that random weights do not grow from block to block. */
const BRANCH = 0.3;

/**
 * A graph in the shape of ResNet-50 (He et al. 2016) with random weights, as ONNX: convolutions with their
 * normalisation folded in, as exporters write them.
 */
export async function resnet50(_cache: string, folder: string): Promise<string> {
  const builder = new GraphBuilder(undefined, 'resnet50');
  const random = seededRandom(50);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const weights = (dims: readonly number[], scale = 1): string => {
    const fan = dims.slice(1).reduce((product, dim) => product * dim, 1);
    const deviation = scale * Math.sqrt(2 / fan);
    return builder.constant(
      float32(
        Float32Array.from({ length: fan * dims[0]! }, () => normal() * deviation),
        [...dims],
      ),
    );
  };
  const conv = (
    of: string,
    [out, from, size]: readonly [number, number, number],
    { stride = 1, scale = 1 } = {},
  ): string => {
    const pad = (size - 1) / 2;
    return builder.op(
      'Conv',
      [of, weights([out, from, size, size], scale), builder.constant(float32(new Float32Array(out), [out]))],
      { kernel_shape: [size, size], strides: [stride, stride], pads: [pad, pad, pad, pad] },
    );
  };
  const relu = (of: string): string => builder.op('Relu', [of]);
  let at = builder.op(
    'MaxPool',
    [relu(conv(builder.input('image', ['n', 3, 224, 224]), [64, 3, 7], { stride: 2 }))],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  );
  let channels = 64;
  for (const [stage, [blocks, inner]] of STAGES.entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const wide = inner * EXPANSION;
      const branch = conv(
        relu(conv(relu(conv(at, [inner, channels, 1])), [inner, inner, 3], { stride })),
        [wide, inner, 1],
        { scale: BRANCH },
      );
      at = relu(
        builder.op('Add', [
          branch,
          block === 0 ? conv(at, [wide, channels, 1], { stride, scale: Math.SQRT1_2 }) : at,
        ]),
      );
      channels = wide;
    }
  }
  const pooled = builder.op('Flatten', [builder.op('GlobalAveragePool', [at])], { axis: 1 });
  builder.output(
    builder.op(
      'Gemm',
      [pooled, weights([CLASSES, channels]), builder.constant(float32(new Float32Array(CLASSES), [CLASSES]))],
      { transB: 1 },
    ),
    ['n', CLASSES],
  );
  const path = join(folder, 'resnet50.onnx');
  await writeFile(path, encodeModel(builder.build()));
  return path;
}
