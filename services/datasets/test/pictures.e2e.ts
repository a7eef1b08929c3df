import { createHash } from 'node:crypto';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import sharp from 'sharp';
import { catchReason } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_TEAM, type RunningDatasets, startDatasets } from './running-datasets.js';

/** 300 pictures of one grey each, the value of picture i is i % 256; each with a text and a wide picture. */
const GREYS = (length = 300) => `
export const integration = defineIntegration({
  name: 'greys-${length}',
  preprocess: () => ({ training: { length: ${length}, data: null } }),
  inputs: { x: ({ index }) => index }, groundTruths: {}, metadata: {},
  visualizers: {
    grey: ({ index }) => image(tensor(new Uint8Array(784).fill(index % 256), [28, 28])),
    note: ({ id }) => text('number ' + id),
    wide: ({ index }) => image(tensor(new Uint8Array(300 * 100 * 3).fill(index % 256), [100, 300, 3])),
  },
});`;

let running: RunningDatasets;
let datasetVersionId: string;
beforeAll(async () => {
  running = await startDatasets();
  await running.startWorker();
  datasetVersionId = (await running.ingest((await running.register(GREYS())).integration.id, 100)).version.id;
});
afterAll(() => running.stop());

const pixels = async (webp: Uint8Array) => {
  const { data, info } = await sharp(webp).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)],
  };
};

describe('a sheet of pictures', () => {
  it('has 256 samples over several shards, the last one the rest, and is the same each time', async () => {
    const get = (sheet: number) =>
      running.api.samples.getVisualSheet({ datasetVersionId, visualizer: 'default', sheet, tilePixels: 28 });
    const [first, again, last] = [await get(0), await get(0), await get(1)];
    expect(first.body!.contentType).toBe('image/webp');
    expect(first.etag).toBe(createHash('sha256').update(first.body!.data).digest('hex'));
    expect(again).toEqual(first);
    const sheet = await pixels(first.body!.data);
    expect(sheet).toMatchObject({ format: 'raw', width: 448, height: 448 });
    for (const row of [0, 15, 16, 99, 100, 255])
      expect(sheet.at((row % 16) * 28 + 14, Math.floor(row / 16) * 28 + 14), `row ${row}`).toEqual([
        row,
        row,
        row,
        255,
      ]);
    const rest = await pixels(last.body!.data);
    expect(rest).toMatchObject({ width: 448, height: 84 });
    expect(rest.at(14, 14)[0]).toBe(0);
    expect(rest.at(11 * 28 + 14, 2 * 28 + 14)).toEqual([43, 43, 43, 255]);
    expect(rest.at(12 * 28 + 14, 2 * 28 + 14)[3]).toBe(0);
  });

  it('is made for many at once, of any visualizer that makes pictures, in the requested size', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        running.api.samples.getVisualSheet({ datasetVersionId, visualizer: 'wide', sheet: 0 }),
      ),
    );
    expect(new Set(all.map((s) => s.etag)).size).toBe(1);
    const sheet = await pixels(all[0]!.body!.data);
    expect(sheet).toMatchObject({ width: 1024, height: 1024 });
    expect([sheet.at(32, 32)[3], sheet.at(32, 18)[3]]).toEqual([255, 0]);
  });

  it('of one sample has one line', async () => {
    const { version } = await running.ingest((await running.register(GREYS(1))).integration.id);
    const { body } = await running.api.samples.getVisualSheet({
      datasetVersionId: version.id,
      visualizer: 'grey',
      sheet: 0,
      tilePixels: 32,
    });
    expect(await pixels(body!.data)).toMatchObject({ width: 512, height: 32 });
    expect(
      await catchReason(
        running.api.samples.getVisualSheet({ datasetVersionId: version.id, visualizer: 'grey', sheet: 1 }),
      ),
    ).toBe('not-found SHEET_NOT_FOUND');
  });

  it('is refused with a reason when it makes no sense', async () => {
    const ask = (request: object) =>
      catchReason(
        running.api.samples.getVisualSheet({ datasetVersionId, visualizer: 'default', ...request }),
      );
    expect(await ask({ sheet: 2 })).toBe('not-found SHEET_NOT_FOUND');
    expect(await ask({ sheet: -1 })).toBe('not-found SHEET_NOT_FOUND');
    for (const tilePixels of [-1, 15, 257])
      expect(await ask({ tilePixels })).toBe('invalid TILE_PIXELS_INVALID');
    expect(await ask({ visualizer: 'x' })).toBe('not-found VISUALIZER_NOT_FOUND');
    expect(await ask({ visualizer: 'note' })).toBe('precondition VISUALIZER_MAKES_NO_PICTURES');
    await expect(
      running.api.samples.getVisualSheet({ datasetVersionId, visualizer: 'note' }),
    ).rejects.toThrow('makes text/plain; charset=utf-8 and no pictures; these do: grey, wide');
    const other = running.as(OTHER_TEAM, 'admin').samples;
    expect(await catchReason(other.getVisualSheet({ datasetVersionId, visualizer: 'grey' }))).toBe(
      'not-found DATASET_VERSION_NOT_FOUND',
    );
    expect(
      await catchReason(
        other.getMeanVisual({ datasetVersionId, visualizer: 'grey', selection: { rows: [1] } }),
      ),
    ).toBe('not-found DATASET_VERSION_NOT_FOUND');
  });
});

describe('a mean picture', () => {
  it('is that of all selected samples', async () => {
    const { body } = await running.api.samples.getMeanVisual({
      datasetVersionId,
      visualizer: 'default',
      selection: { rows: [299, 2, 100] },
    });
    expect(body!.contentType).toBe('image/png');
    expect((await pixels(body!.data)).at(5, 5)).toEqual([48, 48, 48, 255]);
    const every = Buffer.alloc(38, 0xff);
    every[37] = 0x0f;
    const all = await running.api.samples.getMeanVisual({
      datasetVersionId,
      visualizer: 'grey',
      selection: { bitmap: every },
    });
    const mean = Array.from({ length: 300 }, (_, i) => i % 256).reduce((a, b) => a + b) / 300;
    expect((await pixels(all.body!.data)).at(0, 27)[0]).toBe(Math.round(mean));
  });
  it('of nothing, of texts, of rows that are not there is refused', async () => {
    const ask = (request: object) =>
      catchReason(running.api.samples.getMeanVisual({ datasetVersionId, visualizer: 'grey', ...request }));
    expect(await ask({})).toBe('invalid SELECTION_MISSING');
    expect(await ask({ selection: { bitmap: new Uint8Array(2) } })).toBe('invalid SELECTION_EMPTY');
    expect(await ask({ selection: { rows: [300] } })).toBe('invalid ROW_INVALID');
    expect(await ask({ selection: { rows: [1] }, visualizer: 'note' })).toBe(
      'precondition VISUALIZER_MAKES_NO_PICTURES',
    );
  });
});

it('the picture of a sample is available to whoever points at it', async () => {
  const { body } = await running.api.samples.getSampleVisual({
    datasetVersionId,
    split: Split.TRAINING,
    sampleId: '299',
    visualizer: 'default',
  });
  expect((await pixels(body!.data)).at(0, 0)[0]).toBe(43);
});

it('the pictures of a version that was deleted and ingested again are there', async () => {
  const { integration } = await running.register(GREYS(40));
  const { version } = await running.ingest(integration.id);
  const ask = async () =>
    (
      await running.api.samples.getSampleVisual({
        datasetVersionId: version.id,
        split: Split.TRAINING,
        sampleId: '7',
        visualizer: 'grey',
      })
    ).etag;
  const before = await ask();
  await running.api.versions.deleteDatasetVersion({ datasetVersionId: version.id });
  expect(await catchReason(ask())).toBe('not-found DATASET_VERSION_NOT_FOUND');
  expect((await running.ingest(integration.id)).version.id).toBe(version.id);
  expect(await ask()).toBe(before);
});
