import { describe, expect, it } from 'vitest';
import { describeUnitPositions } from './unit-positions.js';

describe('where the units of a layer respond', () => {
  it.each([
    [
      'a convolution over a picture',
      [24, 24],
      true,
      'over-picture',
      /^Responses at 24 × 24 positions, over the/,
    ],
    [
      'a convolution over a spectrogram',
      [8, 5],
      false,
      'alone',
      /8 × 5 positions; the sample has no picture/,
    ],
    [
      'a convolution over a text or series',
      [96],
      false,
      'alone',
      /^Responses at 96 positions .* first on the left/,
    ],
    ['a series that is shown as a picture', [96], true, 'alone', /^Responses at 96 positions/],
    ['a single position', [1], false, 'alone', /^Responses at 1 position of/],
    ['a dense layer', [], true, 'none', /no positions: each unit responds once to the whole sample/],
  ] as const)('is explained: %s', (_, dims, isPicture, drawing, note) => {
    expect(describeUnitPositions(dims, isPicture)).toEqual({
      drawing,
      note: expect.stringMatching(note) as string,
    });
  });
});
