import { beforeEach, describe, expect, it } from 'vitest';
import { oneVersion, readyVersion, shardsOfHundred } from '../../test/ready-version.js';
import { VisualService } from './visual.service.js';

const TEAM = 'team';
const { signal } = new AbortController();
const version = readyVersion();
const texts = readyVersion({ visualizers: [{ name: 'caption', mediaType: 'text/plain' }] });
const boxes = readyVersion({ visualizers: [{ name: 'boxes', mediaType: 'image/vnd.noema.boxes+png' }] });
const image = { visualizer: 'default', sheet: 0, tilePixels: 0 };

/** A picture is two bytes: its shard, and its row there. */
const rowsIn = (pictures: readonly Uint8Array[]): number[] =>
  pictures.map(([shard, row]) => shard! * 100 + row!);

/** Painted sheets: rows, and the size of a tile. */
let painted: (readonly [rows: number[], tilePixels?: number])[];
let readable: boolean;
let annotated: boolean;
let service: VisualService;

beforeEach(() => {
  [painted, readable] = [[], true];
  service = new VisualService(
    {
      getReady: (team, id) =>
        oneVersion([texts, boxes].find((one) => one.id === id) ?? version).getReady(team, id),
    },
    shardsOfHundred,
    {
      all: ({ index }) => Promise.resolve(Array.from({ length: 100 }, (_, row) => Uint8Array.of(index, row))),
    },
    {
      sheet: (pictures, { tilePixels, annotate }) => {
        annotated = annotate !== undefined;
        painted.push([rowsIn(pictures), tilePixels]);
        return Promise.resolve(Uint8Array.of(1));
      },
      mean: async (pictures) => {
        for await (const some of pictures) painted.push([rowsIn(some)]);
        return readable ? Uint8Array.of(2) : undefined;
      },
    },
  );
});

describe('a sheet', () => {
  it('has 256 pictures in row order, of all shards that they lie in', async () => {
    expect(await service.sheet(TEAM, version.id, { ...image, sheet: 1 }, signal)).toMatchObject({
      mediaType: 'image/webp',
      bytes: Uint8Array.of(1),
    });
    expect(painted).toEqual([[Array.from({ length: 256 }, (_, i) => 256 + i), 64]]);
  });

  it('that is the last has the remaining pictures', async () => {
    await service.sheet(TEAM, version.id, { ...image, sheet: 2, tilePixels: 16 }, signal);
    expect(painted).toEqual([[Array.from({ length: 88 }, (_, i) => 512 + i), 16]]);
  });

  it('has the annotations of pictures of a kind with annotations', async () => {
    await service.sheet(TEAM, version.id, image, signal);
    expect(annotated).toBe(false);
    await service.sheet(TEAM, boxes.id, image, signal);
    expect(annotated).toBe(true);
  });

  it('is painted once for the same size', async () => {
    await service.sheet(TEAM, version.id, image, signal);
    await service.sheet(TEAM, version.id, { ...image, visualizer: 'image', tilePixels: 64 }, signal);
    expect(painted).toHaveLength(1);
    await service.sheet(TEAM, version.id, { ...image, tilePixels: 32 }, signal);
    expect(painted).toHaveLength(2);
  });

  it.each([
    ['SHEET_NOT_FOUND', { sheet: 3 }],
    ['SHEET_NOT_FOUND', { sheet: -1 }],
    ['TILE_PIXELS_INVALID', { tilePixels: 8 }],
    ['TILE_PIXELS_INVALID', { tilePixels: 257 }],
    ['VISUALIZER_NOT_FOUND', { visualizer: 'sound' }],
    ['VISUALIZER_MAKES_NO_PICTURES', { visualizer: 'caption' }],
  ])('is refused with %s for %o', async (reason, change) => {
    await expect(service.sheet(TEAM, version.id, { ...image, ...change }, signal)).rejects.toMatchObject({
      reason,
    });
    expect(painted).toEqual([]);
  });
});

describe('a mean picture', () => {
  const asked = { visualizer: 'default', selection: { rows: [250, 3, 201, 7], bitmap: new Uint8Array() } };

  it('is made of the selected rows, shard by shard', async () => {
    const { mediaType } = await service.mean(TEAM, version.id, asked, signal);
    expect(mediaType).toBe('image/png');
    expect(painted).toEqual([[[3, 7]], [[201, 250]]]);
  });

  it('does not exist when no picture can be read', async () => {
    readable = false;
    await expect(service.mean(TEAM, version.id, asked, signal)).rejects.toMatchObject({
      reason: 'NO_PICTURE_READABLE',
      message: expect.stringContaining('4 selected samples') as string,
    });
  });

  it('does not exist of texts', async () => {
    await expect(service.mean(TEAM, texts.id, asked, signal)).rejects.toMatchObject({
      reason: 'VISUALIZER_MAKES_NO_PICTURES',
    });
  });
});
