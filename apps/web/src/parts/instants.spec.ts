import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { ago, msBetween } from './instants.js';

describe('instants', () => {
  it('says how long ago in the largest unit that fits', () => {
    const now = 1_700_000_000_000;
    expect(
      [0, 30, 61, 3_600, 90_000, 700_000, 40_000_000].map((seconds) => ago(now - seconds * 1_000, now)),
    ).toEqual(['just now', '30 s ago', '1 min ago', '1 hour ago', 'yesterday', 'last week', 'last year']);
  });

  it('takes a time ahead of this clock for now', () => {
    expect(ago(5_000, 1_000)).toBe('just now');
  });

  it('measures to now while there is no end', () => {
    expect(msBetween(timestampFromMs(1_000), undefined, 4_500)).toBe(3_500);
    expect(msBetween(timestampFromMs(1_000), timestampFromMs(2_000), 4_500)).toBe(1_000);
    expect(msBetween(undefined, undefined, 4_500)).toBeUndefined();
  });
});
