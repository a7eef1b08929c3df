import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readMatrix } from '@noema/artifacts';
import { encodePng } from '@noema/integration';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moduleRunner, orderOfModule } from '../../../test/runner-orders.js';
import { BubblewrapIsolation } from '../bubblewrap.isolation.js';
import { moduleDigest } from '../module-digest.js';
import type { ProcessRunner } from '../process-runner.js';
import { TrustedIsolation } from '../trusted.isolation.js';
import { manifestRuntime } from './manifest.js';

const bubblewrap = new BubblewrapIsolation({
  roots: [],
  memoryBytes: 2 ** 30,
  cpuMs: 60_000,
  tasks: 64,
  tmpBytes: 2 ** 24,
});
const missing = await bubblewrap.require(manifestRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing !== undefined) console.warn(`skipped: manifests in bubblewrap: ${missing}`);

const TABLE = `
noema: 1
name: colors
source: {reader: table, path: colors.csv}
splits: {column: part, training: [a], test: [b]}
id: id
inputs:
  features: {encoder: features, columns: [{column: size, mean: 1, std: 2}]}
  picture: {encoder: picture, column: file, height: 2, width: 2, channels: 3}
ground_truths: {color: {encoder: classes, column: color, values: [red, blue]}}
metadata: [size]
visuals: {picture: {kind: image, column: file}}
`;
const CSV = 'id,size,color,file,part\nx,3,red,red.png,a\ny,5,blue,blue.png,a\nz,1,red,red.png,b\n';
const png = (rgb: readonly number[]): Uint8Array =>
  encodePng({
    width: 4,
    height: 4,
    channels: 3,
    data: Uint8Array.from({ length: 48 }, (_, i) => rgb[i % 3]!),
  });

describe.each([
  ['no isolation', new TrustedIsolation(), false],
  ['bubblewrap', bubblewrap, missing !== undefined],
] as const)('a manifest with %s', (_name, isolation, skipped) => {
  describe.skipIf(skipped)('', () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let runner: ProcessRunner;
    const { signal } = new AbortController();
    beforeEach(async () => {
      directory = await temporaryDirectory();
      await chmod(directory.path, 0o755);
      runner = moduleRunner(isolation);
    });
    afterEach(async () => {
      await runner.close();
      await directory.remove();
    });

    const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory.path, path)), { recursive: true });
        await writeFile(join(directory.path, path), content);
      }
      return join(directory.path, 'noema.yaml');
    };
    const pictures = { 'red.png': png([255, 0, 0]), 'blue.png': png([0, 0, 255]) };

    it('reads tables and pictures', async () => {
      const path = await write({ 'noema.yaml': TABLE, 'colors.csv': CSV, ...pictures });
      const order = await orderOfModule(path, 10);
      const plan = await runner.plan(order, signal);
      expect(plan).toMatchObject({
        sampleCount: 3,
        splits: [
          { split: 'training', count: 2, firstRow: 0 },
          { split: 'test', count: 1, firstRow: 2 },
        ],
        inputs: [
          { name: 'features', dims: [1] },
          { name: 'picture', dims: [2, 2, 3] },
        ],
        classNames: ['red', 'blue'],
      });
      const shard = await runner.encode(order, plan, { firstRow: 0, rowCount: 3 }, signal, () => undefined);
      expect([...readMatrix(shard.inputs).float32('features').data]).toEqual([1, 2, 0]);
      expect([...readMatrix(shard.inputs).float32('picture').data.subarray(12, 15)]).toEqual([0, 0, 1]);
      expect(shard.samples.sampleIds).toEqual(['x', 'y', 'z']);
    });

    it('names the file of the data that is at fault', async () => {
      const path = await write({ 'noema.yaml': TABLE, 'colors.csv': CSV, ...pictures, 'blue.png': 'none' });
      const order = await orderOfModule(path, 10);
      const plan = await runner.plan(order, signal);
      await expect(
        runner.encode(order, plan, { firstRow: 0, rowCount: 3 }, signal, () => undefined),
      ).rejects.toMatchObject({
        reason: 'PICTURE_INVALID',
        message:
          'input "picture" at training sample "y": blue.png cannot be read as a picture: Input buffer ' +
          'contains unsupported image format',
      });
    });

    it('that leads out of its folder is refused', async () => {
      const outside = TABLE.replace('path: colors.csv', 'path: ../../etc/passwd');
      const path = await write({ 'noema.yaml': outside });
      await expect(
        runner.load({ modulePath: path, bundle: null, wheels: [], data: null }, signal),
      ).rejects.toMatchObject({
        reason: 'DATA_PATH_INVALID',
      });
      const row = await write({
        'noema.yaml': TABLE,
        'colors.csv': CSV.replace('red.png', '../../../etc/hostname'),
      });
      await expect(runner.plan(await orderOfModule(row, 10), signal)).rejects.toMatchObject({
        reason: 'DATA_PATH_INVALID',
      });
    });
  });
});

it.each([
  ['vocabulary: noema.words.txt', 'noema.words.txt'],
  ['tokenizer: tokenizer.json', 'tokenizer.json'],
  ['{kind: tokens, tokenizer: "my bert.json", length: 4}', 'my bert.json'],
  ['tokenizer: vocab.txt', 'vocab.txt'],
  ['tokenizer: model-vocab.json', 'model-merges.txt'],
])('changes its digest with the file next to it: %s', async (line, file) => {
  const directory = await temporaryDirectory();
  const manifest = join(directory.path, 'noema.yaml');
  await writeFile(manifest, `${TABLE}  # ${line}\n`);
  await writeFile(join(directory.path, file), 'one\n');
  const before = await moduleDigest(manifest);
  expect(await moduleDigest(manifest)).toBe(before);
  await writeFile(join(directory.path, file), 'two\n');
  expect(await moduleDigest(manifest)).not.toBe(before);
  await directory.remove();
});
