import { describe, expect, it } from 'vitest';
import { columnTicks, lossTicks } from './bin-ticks.js';

const bins = (edges: readonly number[]) => edges.slice(1).map((high, i) => ({ low: edges[i]!, high }));

describe('marks of a histogram', () => {
  it('marks decades where bins are equal in the logarithm, at their places', () => {
    const { marks, isLog } = lossTicks(bins([0.001, 0.01, 0.1, 1, 10]));
    expect(isLog).toBe(true);
    expect(marks.map(({ text }) => text)).toEqual(['0.001', '0.1', '10']);
    for (const { share, text } of marks) expect(share).toBeCloseTo((Math.log10(Number(text)) + 3) / 4, 6);
  });

  it('marks round steps where they are equally wide', () => {
    const { marks, isLog } = lossTicks(bins([0, 1, 2, 3, 4]));
    expect(isLog).toBe(false);
    expect(marks).toEqual(columnTicks(bins([0, 1, 2, 3, 4])));
    expect(marks.map(({ text, share }) => [text, share])).toEqual([
      ['0', 0],
      ['1', 0.25],
      ['2', 0.5],
      ['3', 0.75],
      ['4', 1],
    ]);
  });

  it('marks nothing without bins', () => {
    expect([lossTicks([]).marks, columnTicks([])]).toEqual([[], []]);
  });
});
