import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import {
  hasPictures,
  isBetterAlone,
  isSmallPicture,
  type ShownData,
  sheetUrl,
  toTile,
  tilePixels,
  visualUrl,
} from './visual-sheet.js';

const version = (dims: number[], mediaType = 'image/png') =>
  ({ inputs: [{ dims }], visualizers: [{ name: 'v', mediaType }] }) as unknown as ShownData;

describe('visual sheets', () => {
  it('have tiles of the size of small inputs, never below 16, and of 64 or 128 for large ones', () => {
    expect([8, 28, 64].map((side) => tilePixels(version([side, side, 1]), 128))).toEqual([16, 28, 64]);
    expect(tilePixels(version([4000, 3000, 3]), 48)).toBe(64);
    expect(tilePixels(version([4000, 3000, 3]), 96)).toBe(128);
    expect(tilePixels(version([30]), 96)).toBe(128);
  });

  it('hold 256 rows, 16 in a line', () => {
    expect(sheetUrl('v', 8919, 28)).toBe('/v1/dataset-versions/v/visual-sheets/default/34?tile_pixels=28');
    expect([0, 15, 16, 255, 256, 8919].map(toTile)).toEqual([
      { column: 0, line: 0 },
      { column: 15, line: 0 },
      { column: 0, line: 1 },
      { column: 15, line: 15 },
      { column: 0, line: 0 },
      { column: 7, line: 13 },
    ]);
  });

  it('are for pictures only', () => {
    expect(hasPictures(version([28, 28]))).toBe(true);
    expect(hasPictures(version([28], 'text/plain; charset=utf-8'))).toBe(false);
    expect(hasPictures({ inputs: [], visualizers: [] })).toBe(false);
    expect(isSmallPicture(version([28, 28, 1]))).toBe(true);
    expect(isSmallPicture(version([65, 28, 1]))).toBe(false);
    expect(isSmallPicture(version([28]))).toBe(false);
  });

  it('are left aside for small pictures from anywhere in a large population', () => {
    expect(isBetterAlone({ ...version([28, 28, 1]), sampleCount: 10_000 })).toBe(false);
    expect(isBetterAlone({ ...version([28, 28, 1]), sampleCount: 1_000_000 })).toBe(true);
    expect(isBetterAlone({ ...version([4000, 3000, 3]), sampleCount: 1_000_000 })).toBe(false);
  });

  it('escape what people may choose', () => {
    expect(visualUrl('v', { split: Split.TEST, sampleId: 'a/b?' }, 'x y')).toBe(
      '/v1/dataset-versions/v/samples/test/a%2Fb%3F/visuals/x%20y',
    );
  });
});
