import { describe, expect, it } from 'vitest';
import { colorAt, type ColorSettings, encodeColor, MISSING } from './color-encoding.js';
import type { CodeColumn } from '../points/column.js';

const settings: ColorSettings = { scale: 'linear', palette: 'viridis', ground: 'dark', own: {} };
const makeCodes = (names: string[], values: number[]): CodeColumn => ({
  name: 'metadata.kind',
  kind: 'code',
  names,
  values: Int32Array.from(values),
  missing: -1,
});

describe('colors of a column', () => {
  it('go from the low to the high end, and numbers that are not there have their own', () => {
    const { codes, palette, legend } = encodeColor(
      { name: 'loss', kind: 'number', values: Float32Array.of(0, 5, 10, NaN) },
      settings,
    );
    expect([...codes]).toEqual([0, 127, 254, MISSING]);
    expect(colorAt(palette, MISSING)).not.toBe(colorAt(palette, 0));
    expect(legend).toMatchObject({ kind: 'number', missing: 1 });
  });

  it('mean the same in another epoch when the domain is that of all epochs', () => {
    const domain = { low: 0, high: 20, positive: 5, missing: 0 };
    const { codes, legend } = encodeColor(
      { name: 'loss', kind: 'number', values: Float32Array.of(0, 10, 40, NaN) },
      settings,
      domain,
    );
    expect([...codes]).toEqual([0, 127, 254, MISSING]);
    expect(legend).toMatchObject({ domain, missing: 1, scale: { low: 0, high: 20 } });
  });

  it('count the codes and those without one, and take own colors', () => {
    const { codes, palette, legend } = encodeColor(makeCodes(['a', 'b'], [0, 1, 1, -1]), {
      ...settings,
      own: { b: '#010203' },
    });
    expect(colorAt(palette, codes[1]!)).toBe('#010203');
    expect(legend).toMatchObject({
      kind: 'code',
      missing: 1,
      entries: [
        { name: 'a', count: 1 },
        { name: 'b', count: 2, color: '#010203' },
      ],
    });
  });

  it('say which samples are misclassified in the same colors for every output', () => {
    const readLegend = (name: string): unknown =>
      encodeColor({ ...makeCodes(['false', 'true'], [0, 1]), name }, settings).legend;
    expect(readLegend('outputs.corner.correct')).toEqual(readLegend('correct'));
  });

  it('stand 1,000 classes: none is drawn as missing, and own colors do not spill over', () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `class ${i}`);
    const { codes, palette } = encodeColor(
      makeCodes(
        names,
        names.map((_, i) => i),
      ),
      { ...settings, own: { 'class 900': '#00ff01' } },
    );
    expect(codes.includes(MISSING)).toBe(false);
    expect([...codes].filter((code) => colorAt(palette, code) === '#00ff01')).toHaveLength(1);
  });
});
