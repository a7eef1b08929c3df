import { describe, expect, it } from 'vitest';
import { notPlaceable } from './place-data.query.js';

const version = (id: string, dims: number[], sampleCount = 10) => ({
  id,
  sampleCount,
  inputs: [{ name: 'image', dims }] as never,
});

describe('which data can be placed in a map', () => {
  it('are others of the project with inputs of the same shapes, and with samples', () => {
    const own = version('own', [28, 28, 1]);
    expect(notPlaceable(version('other', [28, 28, 1]), own)).toBeUndefined();
    expect(notPlaceable(own, own)).toBe('the data of this map');
    expect(notPlaceable(version('wide', [32, 28, 1]), own)).toBe('other inputs: 32 × 28 × 1');
    expect(notPlaceable(version('empty', [28, 28, 1], 0), own)).toBe('no samples');
  });
});
