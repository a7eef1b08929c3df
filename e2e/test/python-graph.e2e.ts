import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { correlateMaps, type FrameworkMaps, readFrameworkMaps } from '../src/framework-maps.js';
import { startFresh } from '../src/fresh-platform.js';
import { PACKAGE_SOURCE, TORCH_PROGRAMS, warnIfMissing } from '../src/python-programs.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCRIPT = join(ROOT, 'e2e/src/fixtures/recorded_graph.py');
const { python: PYTHON, isInstalled } = TORCH_PROGRAMS;
warnIfMissing(TORCH_PROGRAMS, 'the tests of recorded models');

interface Resource {
  readonly id: string;
  readonly displayName: string;
}
interface Epoch {
  readonly weights: { readonly sizeBytes?: string };
  readonly graphFault?: { readonly reason: string; readonly message: string };
}

/** Distances of placed samples as shares of the diameter of the map. */
interface Placed {
  readonly count: number;
  /** To the own points. */
  readonly largest: number;
  readonly median: number;
  /** Median distance to all points. */
  readonly others: number;
}

describe.skipIf(!isInstalled)('the model of a run that PyTorch records', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let maps: FrameworkMaps;
  const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);

  async function lastEpoch(name: string): Promise<Epoch> {
    const { id } = (await json<Resource[]>('runs', 'list')).find(({ displayName }) => displayName === name)!;
    return waitFor(async () => (await json<{ lastEpoch?: Epoch }>('runs', 'get', id)).lastEpoch, {
      timeoutMs: 120_000,
      intervalMs: 500,
      what: `the epoch of ${name}`,
    });
  }

  beforeAll(async () => {
    directory = await temporaryDirectory();
    await startFresh(directory.path);
    const path = join(directory.path, 'maps.json');
    const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, path], {
      cwd: directory.path,
      env: {
        PATH: process.env['PATH'],
        NOEMA_DATA_DIR: directory.path,
        NOEMA_SPOOL: join(directory.path, 'spool'),
        PYTHONPATH: PACKAGE_SOURCE,
      },
    });
    console.log(stdout);
    maps = await readFrameworkMaps(path);
  }, 600_000);
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
    const correlations = await correlateMaps(directory.path, 'graph', maps);
    console.log(correlations);
    expect(correlations['grad-cam'].length).toBeGreaterThan(2);
    expect(Math.min(...correlations['grad-cam'])).toBeGreaterThan(0.999_99);
    expect(Math.min(...correlations['integrated-gradients'])).toBeGreaterThan(0.999);
  }, 300_000);

  it('places other data in the map of the run: samples that are sent again lie at their own points', async () => {
    const placed = JSON.parse(await readFile(join(directory.path, 'placed.json'), 'utf8')) as Placed;
    console.log(placed);
    expect(placed.count).toBe(60);
    expect(placed.median).toBeLessThan(0.01);
    expect(placed.largest).toBeLessThan(0.1);
    expect(placed.others).toBeGreaterThan(0.2);
  });

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
