import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TfjsReferee } from '../zoo/fast/tfjs-referee.js';
import { type IngestedKind, ingestKind, runCell, type ZooContext } from '../zoo/run-cell.js';
import { ZooPlatform } from '../zoo/zoo-platform.js';

/** The fast part of `make zoo`: data by formula, TF.js and plain loops as the referee. */
const CELLS = [
  ['clusters', 'dense'],
  ['blobs', 'cnn'],
  ['blobs', 'depthwise'],
  ['blobs', 'torch-onnx'],
  ['plane', 'dense'],
  ['squares', 'unet'],
  ['letters', 'embedding-cnn'],
  ['waves', 'recurrent'],
  ['pairs', 'two-branches'],
  ['unlabelled', 'dense'],
] as const;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let platform: PlatformProcess;
let context: ZooContext;
const kinds = new Map<string, Promise<IngestedKind>>();

beforeAll(async () => {
  directory = await temporaryDirectory();
  // No test of this file reads insights.
  vi.stubEnv('NOEMA_SEARCH_AFTER_RUNS', 'false');
  platform = await startPlatformProcess({ dataDir: directory.path, port: 0 });
  const { api_key: key } = JSON.parse(readFileSync(join(directory.path, 'credentials.json'), 'utf8')) as {
    api_key: string;
  };
  context = {
    platform: new ZooPlatform(platform.url, key),
    referee: await TfjsReferee.start(),
    cache: join(directory.path, 'zoo'),
    training: { epochs: 8, batchSize: 8, learningRate: 0.01 },
    explained: 10,
  };
}, 180_000);
afterAll(async () => {
  await platform.stop();
  await directory.remove();
  vi.unstubAllEnvs();
});

it.each(CELLS)(
  '%s by %s: responses, vectors, losses, similar lists and heat maps equal the results of other programs',
  async (kind, network) => {
    const data = kinds.get(kind) ?? ingestKind(context, kind);
    kinds.set(kind, data);
    const { complaints, figures, heat } = await runCell(context, await data, network);
    expect(complaints, JSON.stringify(figures)).toEqual([]);
    // Without labels nothing is missed where no heat map was compared: a network with a class for every
    // position has some.
    if (kind === 'squares')
      expect(heat).toEqual([
        expect.objectContaining({ algorithm: 'grad_cam', samples: 10 }),
        expect.objectContaining({ algorithm: 'integrated_gradients', samples: 10 }),
      ]);
  },
  300_000,
);
