import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import type { Exported } from '../src/exported-population.js';
import { blobsModel } from '../src/fixtures/blobs.model.js';
import { startFresh } from '../src/fresh-platform.js';
import { PACKAGE_PROGRAMS, warnIfMissing } from '../src/python-programs.js';
import { compareDistances, exportRun } from '../src/recorded-population.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCRIPT = join(ROOT, 'e2e/src/fixtures/recorded_blobs.py');
const READ = join(ROOT, 'e2e/src/fixtures/read_results.py');
const UPLOAD = join(ROOT, 'e2e/src/fixtures/uploaded_embeddings.py');
const INTEGRATION = fileURLToPath(new URL('../src/fixtures/blobs.integration.js', import.meta.url));
const { python: PYTHON, isInstalled } = PACKAGE_PROGRAMS;
warnIfMissing(PACKAGE_PROGRAMS, 'the tests of recorded runs');

interface Resource {
  readonly id: string;
  readonly displayName: string;
}

describe.skipIf(!isInstalled)('a run that Python records', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let [ours, recorded]: Exported[] = [];
  const run = (...args: string[]) => noema(directory.path, ...args);
  const python = (...args: string[]) =>
    promisify(execFile)(PYTHON, args, {
      cwd: directory.path,
      env: {
        PATH: process.env['PATH'],
        NOEMA_DATA_DIR: directory.path,
        NOEMA_SPOOL: join(directory.path, 'spool'),
      },
    });
  const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);

  const exported = (name: string) => exportRun(directory.path, name, 120_000);

  /** The weights of the only epoch of the platform's run, in the order of the manifest. */
  async function weightsFile(): Promise<string> {
    const store = join(directory.path, 'store');
    const files = await readdir(store, { recursive: true });
    const weights = files.find((name) => /\/runs\/.*\/epochs\/1\/weights\.[^/]*bin$/.test(name));
    const path = join(directory.path, 'weights.bin');
    await writeFile(path, await readFile(join(store, weights!)));
    return path;
  }

  beforeAll(async () => {
    directory = await temporaryDirectory();
    await startFresh(directory.path);
    const { displayName } = await json<Resource>('datasets', 'create', INTEGRATION);
    const topology = join(directory.path, 'blobs.json');
    await writeFile(topology, JSON.stringify(blobsModel()));
    await json('models', 'create', topology, '--seed', '1');
    const trained = await run(
      ...['runs', 'create', '--dataset', displayName, '--model', 'blobs'],
      ...['--name', 'ours', '--epochs', '1', '--batch-size', '32', '--watch'],
    );
    expect(trained.code, trained.stderr).toBe(0);
    ours = await exported('ours');
    await python(SCRIPT, await weightsFile());
    recorded = await exported('recorded');
  }, 600_000);
  afterAll(async () => {
    await run('down');
    await directory.remove();
  });

  it('has the samples, labels, predictions and losses of the run with the same weights', () => {
    expect(recorded!.rows).toBe(600);
    expect(recorded!.split).toEqual(ours!.split);
    expect(recorded!.label).toEqual(ours!.label);
    expect(recorded!.predicted).toEqual(ours!.predicted);
    recorded!.loss.forEach((loss, row) => {
      expect(Math.abs(loss - ours!.loss[row]!)).toBeLessThan(1e-6);
    });
  });

  it('has vectors whose distances rank as in the run with the same weights', () => {
    expect(recorded!.dimensions).toBe(ours!.dimensions);
    expect(compareDistances(ours!, recorded!)).toBeGreaterThan(0.999);
  });

  it('leaves nothing in the spool', async () => {
    const { stdout } = await python('-m', 'noema', 'status');
    expect(stdout).toContain('nothing waits');
  });

  it('is one of the runs that a notebook opens, with the samples, heat maps and maps of the platform', async () => {
    const found = JSON.parse((await python(READ, 'ours')).stdout) as {
      losses: number[];
      total: number;
      heatMaps: [string, string][];
      png: string;
      units: number;
      pictures: number;
      distances: number[];
      dots: number[];
    };
    expect(found.losses).toEqual([...ours!.loss].sort((a, b) => b - a).slice(0, 5));
    expect(found).toMatchObject({ total: 600, png: '89504e47', dots: [600, 2] });
    expect(found.heatMaps.map(([, target]) => target)).toContain('loss');
    expect(found.pictures).toBeGreaterThan(found.heatMaps.length - 1);
    expect(found.units).toBeGreaterThan(0);
    expect(found.distances).toEqual([...found.distances].sort((a, b) => a - b));
  });

  it('has vectors and predictions of embeddings that are uploaded without a model', async () => {
    const { stdout } = await python(UPLOAD);
    const sent = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      predicted: string[];
      embeddings: number[];
    };
    const found = await exported('uploaded');
    expect(found.rows).toBe(300);
    expect(found.predicted).toEqual(sent.predicted);
    const vectors = Float32Array.from(sent.embeddings);
    expect(compareDistances({ ...found, vectors, dimensions: 4 }, found)).toBeGreaterThan(0.999);
  }, 180_000);

  it('has no model to place other data with', async () => {
    const { id } = (await json<Resource[]>('runs', 'list')).find(
      ({ displayName }) => displayName === 'recorded',
    )!;
    expect((await run('runs', 'resume', id)).stderr).toContain('was recorded by a client');
  });
});
