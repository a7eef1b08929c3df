import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, temporaryDirectory } from '@noema/testing';
import { tableFromIPC } from 'apache-arrow';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { codeBlocks } from '../src/documents/code-blocks.js';
import { DocumentReader } from '../src/documents/reader.js';
import { startFresh } from '../src/fresh-platform.js';
import { isShowable } from '../src/page/page-directory.js';
import { ShownPage } from '../src/page/shown-page.js';
import { checkPoints } from '../src/non-finite.js';
import { exportFiles } from '../src/recorded-population.js';
import { RestCaller } from '../src/rest-caller.js';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SECTION = 'Objects of a detection as samples';

const layer = (kind: string, config: object) => ({ class_name: kind, config });
/** A network with a grid of two by two cells, each with one box of two classes. */
const DETECTOR = {
  class_name: 'Sequential',
  config: {
    name: 'detector',
    layers: [
      layer('Conv2D', {
        name: 'conv',
        ...{ filters: 8, kernel_size: 3, padding: 'same', activation: 'relu' },
        batch_input_shape: [null, 16, 16, 1],
      }),
      layer('Conv2D', { name: 'cells', filters: 32, kernel_size: 8, strides: 8, activation: 'relu' }),
      layer('Conv2D', { name: 'grid', filters: 7, kernel_size: 1, activation: 'linear' }),
    ],
  },
};

interface Version {
  readonly id: string;
  readonly projectId: string;
  readonly displayName: string;
  readonly sampleCount: number;
  readonly classNames: readonly string[];
}

interface ObjectSample {
  readonly ref: { readonly split: string; readonly sampleId: string };
  readonly metadata: { readonly kind: string; readonly outcome?: string; readonly picture: string };
}

let url: string;
let apiKey: string;
let rest: RestCaller;
let platform: Awaited<ReturnType<typeof temporaryDirectory>>;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
const json = <T>(...args: readonly string[]) => noemaJson<T>(platform.path, ...args);

beforeAll(async () => {
  [platform, folder] = [await temporaryDirectory(), await temporaryDirectory()];
  ({ url } = await startFresh(platform.path));
  const credentials = await readFile(join(platform.path, 'credentials.json'), 'utf8');
  apiKey = (JSON.parse(credentials) as { api_key: string }).api_key;
  rest = new RestCaller(url, apiKey);
  const model = join(folder.path, 'detector.json');
  await writeFile(model, JSON.stringify(DETECTOR));
  await json('datasets', 'create', file('../src/fixtures/scenes.integration.js'), '--name', 'scenes');
  await json('models', 'create', model, '--name', 'detector');
  await json(
    ...['runs', 'create', '--dataset', 'scenes', '--model', 'detector', '--name', 'detection'],
    ...['--epochs', '12', '--batch-size', '16', '--learning-rate', '0.01', '--watch'],
  );
}, 600_000);

async function listSamples(datasetVersionId: string): Promise<ObjectSample[]> {
  const all: ObjectSample[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const query = new URLSearchParams({ page_size: '1000', page_token: token });
    const { body } = await rest.get(`/v1/dataset-versions/${datasetVersionId}/samples?${query}`);
    all.push(...(body['samples'] as ObjectSample[]));
    token = (body['nextPageToken'] as string | undefined) || undefined;
  }
  return all;
}

afterAll(async () => {
  await noema(platform.path, 'down');
  await Promise.all([platform.remove(), folder.remove()]);
});

describe('the objects of a detection', () => {
  it('lead to a map of objects as the document says', async () => {
    const text = await readFile(file('../../../docs/data-without-code.md'), 'utf8');
    const blocks = codeBlocks(text).filter(({ section }) => section === SECTION);
    expect(blocks).toHaveLength(1);
    const reader = await DocumentReader.in(join(folder.path, 'reader'), platform.path);
    for (const block of blocks) await reader.follow(block);
    const versions = await json<Version[]>('datasets', 'list');
    const objects = versions.find(({ displayName }) => displayName === 'objects')!;
    expect(objects.classNames).toEqual(['flat', 'tall']);
    const exported = await exportFiles(platform.path, 'objects as seen', 300_000);
    const points = tableFromIPC(await readFile(join(exported, 'points.arrow')));
    const rows = points.numRows;
    expect(rows).toBe(objects.sampleCount);
    const vectors = tableFromIPC(await readFile(join(exported, 'vectors.arrow'))).getChild('vectors')!;
    expect(vectors).toHaveLength(rows);
    expect(new Set(Array.from(vectors, String)).size).toBeGreaterThan(rows / 2);
    const { explorations } = (await rest.get(`/v1/projects/${objects.projectId}/explorations`)).body as {
      explorations: { id: string; runId: string }[];
    };
    const run = (await json<{ id: string; displayName: string }[]>('runs', 'list')).find(
      ({ displayName }) => displayName === 'objects as seen',
    )!;
    const map = explorations.find(({ runId }) => runId === run.id)!;
    expect(await checkPoints(rest, map.id, ['metadata.outcome'])).toMatchObject({ points: rows, found: [] });
    const samples = await listSamples(objects.id);
    const outcomes = samples.map(({ metadata }) => metadata.outcome);
    expect(samples).toHaveLength(rows);
    expect(new Set(samples.map(({ metadata }) => metadata.kind))).toEqual(
      new Set(['ground truth', 'predicted']),
    );
    expect(outcomes.filter((outcome) => outcome === 'true-positive').length).toBeGreaterThan(rows / 4);
    expect(new Set(outcomes).size).toBeGreaterThan(1);
    for (const { ref, metadata } of samples) {
      const { kind, outcome, picture } = metadata;
      const split = ref.split.replace('SPLIT_', '').toLowerCase();
      expect(split === 'unlabeled').toBe(kind === 'predicted');
      if (kind === 'predicted') expect(outcome).not.toBe('true-positive');
      else expect(`${split}/${ref.sampleId}`.replace(/-\d+$/, '')).toBe(picture);
    }
  }, 600_000);

  it('train a classifier of their own', async () => {
    const model = join(folder.path, 'classifier.json');
    const classifier = {
      class_name: 'Sequential',
      config: {
        name: 'classifier',
        layers: [
          layer('Flatten', { name: 'flat', batch_input_shape: [null, 16, 16, 1] }),
          layer('Dense', { name: 'class', units: 2, activation: 'softmax' }),
        ],
      },
    };
    await writeFile(model, JSON.stringify(classifier));
    await json('models', 'create', model, '--name', 'classifier');
    const run = await json<{ epochsDone: number; lastEpoch: { metrics: { name: string; value: number }[] } }>(
      ...['runs', 'create', '--dataset', 'objects', '--model', 'classifier', '--name', 'classes'],
      ...['--epochs', '4', '--learning-rate', '0.01', '--watch'],
    );
    expect(run.epochsDone).toBe(4);
  }, 600_000);

  it('are refused by name for a run that is not a detection, an unknown epoch and an unknown run', async () => {
    const fault = async (...args: readonly string[]) =>
      (await noema(platform.path, 'datasets', 'objects', ...args)).stderr;
    expect(await fault('classes')).toMatch(/predicts no objects: its task is multi-class/);
    expect(await fault('detection', '--epoch', '99')).toMatch(/has no finished epoch 99/);
    expect(await fault('nothing')).toMatch(/no run of this project has the name or id "nothing"/);
  });
});

describe.skipIf(!isShowable('the objects of a detection'))('the evaluation page of a detection', () => {
  let browser: Browser;
  let shown: ShownPage;
  beforeAll(async () => {
    browser = (await startBrowser())!;
    shown = await ShownPage.open(browser, url);
    await shown.signIn(apiKey);
  });
  afterAll(async () => {
    await shown?.close();
    await browser?.close();
  });

  it('opens the objects of the chosen epoch as samples', async () => {
    const { page } = shown;
    const runs = await json<{ id: string; projectId: string; displayName: string }[]>('runs', 'list');
    const { id, projectId } = runs.find(({ displayName }) => displayName === 'detection')!;
    await shown.goto(`/projects/${projectId}/runs/${id}/evaluation?epoch=11`);
    await page.getByRole('button', { name: 'Open objects as samples' }).click();
    await page.getByRole('heading', { level: 1, name: /^objects of detection \d+$/ }).waitFor();
    await page.getByText('ready', { exact: true }).waitFor();
    await page.getByText(/samples · 2 classes/).waitFor();
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('objects-of-detection');
    const { integrations } = (await rest.get(`/v1/projects/${projectId}/integrations`)).body as {
      integrations: { source: { objects?: { runId: string; epoch: number } } }[];
    };
    expect(integrations.map(({ source }) => source.objects)).toContainEqual({ runId: id, epoch: 11 });
    const classifier = runs.find(({ displayName }) => displayName === 'classes')!;
    await shown.goto(`/projects/${projectId}/runs/${classifier.id}/evaluation`);
    await page.getByTestId('measures').waitFor();
    expect(await page.getByRole('button', { name: 'Open objects as samples' }).count()).toBe(0);
  }, 300_000);
});
