import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readMatrix } from '@noema/artifacts';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { correlation } from '../src/correlation.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PYTHON = process.env['NOEMA_TORCH_PYTHON'] ?? join(ROOT, '.tools/python-torch/bin/python');
const SCRIPT = join(ROOT, 'e2e/src/fixtures/recorded_graph.py');
const isInstalled = existsSync(PYTHON);
if (!isInstalled) console.warn('no .tools/python-torch: run `make python` where PyTorch is installed');

interface Resource {
  readonly id: string;
  readonly displayName: string;
}
interface Epoch {
  readonly weights: { readonly sizeBytes?: string };
  readonly graphFault?: { readonly reason: string; readonly message: string };
}
interface HeatMap {
  readonly id: string;
  readonly method: string;
  readonly layer?: string;
}
interface Expected {
  readonly label: number;
  readonly 'grad-cam': number[][];
  readonly 'integrated-gradients': number[][];
}

describe.skipIf(!isInstalled)('the model of a run that PyTorch records', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let maps: Record<string, Expected>;
  const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);

  async function lastEpoch(name: string): Promise<Epoch> {
    const { id } = (await json<Resource[]>('runs', 'list')).find(({ displayName }) => displayName === name)!;
    return waitFor(async () => (await json<{ lastEpoch?: Epoch }>('runs', 'get', id)).lastEpoch, {
      timeoutMs: 120_000,
      intervalMs: 500,
      what: `the epoch of ${name}`,
    });
  }

  /** The numbers of a heat map, as the store has them. */
  async function readValues(analysisId: string, heatMapId: string): Promise<Float32Array> {
    const store = join(directory.path, 'store');
    const name = (await readdir(store, { recursive: true })).find(
      (file) => file.includes(analysisId) && file.includes(`/${heatMapId}.`) && file.endsWith('.arrow'),
    );
    return readMatrix(await readFile(join(store, name!))).float32('values').data;
  }

  beforeAll(async () => {
    directory = await temporaryDirectory();
    await json('up', '--port', '0');
    const path = join(directory.path, 'maps.json');
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, path], {
      cwd: directory.path,
      env: {
        PATH: process.env['PATH'],
        NOEMA_DATA_DIR: directory.path,
        NOEMA_SPOOL: join(directory.path, 'spool'),
        PYTHONPATH: join(ROOT, 'sdks/python/src'),
      },
    });
    console.log(stdout);
    maps = JSON.parse(await readFile(path, 'utf8')) as Record<string, Expected>;
  }, 300_000);
  afterAll(async () => {
    await noema(directory.path, 'down');
    await directory.remove();
  });

  it('is accepted with the weights of the epoch', async () => {
    const epoch = await lastEpoch('graph');
    expect(epoch.graphFault).toBeUndefined();
    expect(Number(epoch.weights.sizeBytes)).toBeGreaterThan(4 * 5_000);
  });

  it('has the heat maps that autograd computes from the same weights', async () => {
    const correlations: Record<'grad-cam' | 'integrated-gradients', number[]> = {
      'grad-cam': [],
      'integrated-gradients': [],
    };
    for (const [id, expected] of Object.entries(maps)) {
      const analysis = await json<Resource & { heatMaps: HeatMap[]; layers: { layer: string }[] }>(
        ...['analyze', 'graph', `validation/${id}`, '--class', String(expected.label)],
        ...['--algorithm', 'grad-cam', 'integrated-gradients', 'loss-gradient', 'occlusion'],
      );
      expect(analysis.layers.map(({ layer }) => layer)).toEqual([
        'conv1',
        'conv2',
        'conv3',
        'hidden',
        'place',
      ]);
      expect(analysis.heatMaps.map(({ method }) => method).sort()).toEqual([
        'grad-cam',
        'integrated-gradients',
        'loss-gradient',
        'occlusion',
      ]);
      for (const method of ['grad-cam', 'integrated-gradients'] as const) {
        const map = analysis.heatMaps.find((each) => each.method === method)!;
        const found = await readValues(analysis.id, map.id);
        const numbers = expected[method].flat();
        if (numbers.every((value) => value === 0)) expect(found.every((value) => value === 0)).toBe(true);
        else correlations[method].push(correlation([...found], numbers));
      }
    }
    console.log(correlations);
    expect(correlations['grad-cam'].length).toBeGreaterThan(2);
    expect(Math.min(...correlations['grad-cam'])).toBeGreaterThan(0.999_99);
    expect(Math.min(...correlations['integrated-gradients'])).toBeGreaterThan(0.999);
  }, 300_000);

  it('is refused by name if its weights give other outputs', async () => {
    const epoch = await lastEpoch('wrong');
    expect(epoch.weights.sizeBytes).toBeUndefined();
    expect(epoch.graphFault).toMatchObject({ reason: 'GRAPH_DIFFERS' });
    expect(epoch.graphFault!.message).toMatch(
      /largest relative difference is 0\.\d+, and 0\.001 is accepted/,
    );
    const { stderr } = await noema(directory.path, 'analyze', 'wrong', 'validation/s480');
    expect(stderr).toContain('outside of the platform');
  });

  it('is not there if the client turns it off', async () => {
    expect((await lastEpoch('none')).graphFault).toMatchObject({
      reason: 'GRAPH_NOT_SENT',
      message: expect.stringContaining('graph=False') as string,
    });
  });
});
