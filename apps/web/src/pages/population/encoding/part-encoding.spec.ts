import { describe, expect, it } from 'vitest';
import type { PointColumns } from '../../../api/point-columns.js';
import { spreadOrder } from '../../../api/spread-order.js';
import { encodeColor } from './color-encoding.js';
import { PartEncoding } from './part-encoding.js';
import { encodeSizes } from './size-encoding.js';

const settings = { scale: 'log', palette: 'viridis', ground: 'light', own: {} } as const;
const loss = Float32Array.from({ length: 40_000 }, (_, i) => (i % 97 === 0 ? NaN : 2 ** -(i % 16)));
const columns = (loaded: number): PointColumns => ({
  count: loss.length,
  loaded,
  dimensions: 2,
  stride: 1,
  ...spreadOrder(loss.length, 1),
  numbers: new Map([['loss', loss]]),
  texts: new Map(),
  codes: new Map([
    ['true_class', { values: Uint8Array.from(loss, (_, i) => i % 3), missing: 255, names: ['a', 'b', 'c'] }],
  ]),
});

describe('the looks of points that come in parts', () => {
  it('equal the encoding of all points together, each point encoded once', () => {
    const encoding = new PartEncoding({ color: 'loss', size: 'loss' }, settings, () => undefined);
    const parts = [0, 10_000, 25_000, 40_000]
      .slice(1)
      .map((to, k) => encoding.next(columns(to), [0, 10_000, 25_000][k]!));
    expect(parts.map(({ colors }) => colors.length)).toEqual([10_000, 15_000, 15_000]);
    const whole = { name: 'loss', kind: 'number', values: loss } as const;
    expect(Buffer.concat(parts.map(({ colors }) => colors)).equals(encodeColor(whole, settings).codes)).toBe(
      true,
    );
    expect(Buffer.concat(parts.map(({ sizes }) => sizes!)).equals(encodeSizes(whole)!)).toBe(true);
  });

  it('are measured by what the first part spans, or by what is known before', () => {
    const later = Float32Array.from([1, 2, 4, 100]);
    const of = (loaded: number): PointColumns => ({
      ...columns(0),
      count: 4,
      loaded,
      numbers: new Map([['x', later]]),
      codes: new Map(),
    });
    const plain = { ...settings, scale: 'linear' } as const;
    const unknown = new PartEncoding({ color: 'x', size: 'none' }, plain, () => undefined);
    unknown.next(of(3), 0);
    expect([...unknown.next(of(4), 3).colors]).toEqual([254]);
    const known = new PartEncoding({ color: 'x', size: 'none' }, plain, () => ({
      low: 0,
      high: 200,
      positive: 1,
      missing: 0,
    }));
    expect([[...known.next(of(3), 0).colors], [...known.next(of(4), 3).colors]]).toEqual([[1, 3, 5], [127]]);
  });

  it('are alike where there is no column, and follow the codes', () => {
    expect(
      new PartEncoding({ color: 'none', size: 'none' }, settings, () => undefined).next(columns(5), 2),
    ).toMatchObject({ colors: new Uint8Array(3), sizes: undefined });
    expect([
      ...new PartEncoding({ color: 'true_class', size: 'none' }, settings, () => undefined).next(
        columns(5),
        2,
      ).colors,
    ]).toEqual([2, 0, 1]);
  });
});
