import { describe, expect, it } from 'vitest';
import { toMarks } from './cell-marks.js';

const cell = { version: 'now', n: 4, value: 0.5, interval: { low: 0.1, high: 0.9 } };

describe('marks of cells', () => {
  it('keeps the cell, so that a click leads to its samples', () => {
    const bin = { ...cell, x: { name: '1 to 2', low: 1, high: 2 }, color: { name: 'test' } };
    const [mark] = toMarks([bin]);
    expect(mark).toMatchObject({ x: '1 to 2', low: 1, high: 2, series: 'test', value: 0.5, n: 4 });
    expect(mark!.cell).toBe(bin);
  });

  it('has numbers along x where all groups of a line are numbers', () => {
    const cells = ['1', '10'].map((name) => ({ ...cell, x: { name } }));
    expect(toMarks(cells, { isContinuous: true }).map(({ x }) => x)).toEqual([1, 10]);
    expect(toMarks(cells).map(({ x }) => x)).toEqual(['1', '10']);
    const mixed = [...cells, { ...cell, x: { name: 'none' } }];
    expect(toMarks(mixed, { isContinuous: true }).map(({ x }) => x)).toEqual(['1', '10', 'none']);
  });

  it('names versions where there are several', () => {
    expect(toMarks([cell], { hasVersions: true })[0]!.series).toBe('now');
    expect(toMarks([cell])[0]!.series).toBeUndefined();
  });
});
