import { describe, expect, it } from 'vitest';
import type { ChartKind, ChartMark, ChartSpec } from '../chart.js';
import { chartLook, seriesColors } from '../chart-look.js';
import { DRAWINGS } from './drawing-registry.js';
import { renderSvg } from './echarts.js';

const size = { width: 400, height: 240 };
const draw = (kind: ChartKind, data: readonly ChartMark[], more: Partial<ChartSpec> = {}): string => {
  const spec: ChartSpec = { kind, title: 't', x: { title: 'group' }, value: { title: 'number' }, ...more };
  const drawing = DRAWINGS[kind as keyof typeof DRAWINGS]({
    spec,
    data,
    look: chartLook('light'),
    ...size,
    color: seriesColors(spec, ['a', 'b'], 'light'),
  });
  data.forEach((_, mark) => {
    expect(drawing.place(mark)).toBeDefined();
  });
  return renderSvg(drawing.option, size);
};
const count = (svg: string, fill: string): number => svg.split(`fill="${fill}"`).length - 1;

describe('drawings', () => {
  const groups: ChartMark[] = ['x', 'y', 'z'].map((x, i) => ({
    x,
    value: i + 1,
    n: 10,
    interval: { low: i + 0.5, high: i + 1.5 },
  }));

  it('draws a bar for each group, and its interval', () => {
    const svg = draw('bar', groups);
    expect(count(svg, '#2759dd')).toBe(3);
    expect(
      draw(
        'bar',
        groups.map(({ interval: _, ...mark }) => mark),
      ).length,
    ).toBeLessThan(svg.length);
  });

  it('names bins of numbers on two lines, and cuts neither end', () => {
    const bins = Array.from({ length: 10 }, (_, i) => ({
      ...{ x: `0.0${i}794 to 0.0${i + 1}7`, value: i + 1, n: 10 },
    }));
    const svg = draw('bar', bins);
    expect(svg).toContain('>0.00794<');
    expect(svg).toContain('>to 0.017<');
    expect(svg).not.toMatch(/…|\.\.\.</);
    expect(draw('bar', [{ x: 'Dover to Calais', value: 1, n: 1 }])).toContain('>Dover to Calais<');
  });

  it('draws bins between their ends', () => {
    const bins = [0, 1, 2].map((low) => ({ x: low, low, high: low + 1, value: low + 1, n: low + 1 }));
    expect(count(draw('histogram', bins), '#2759dd')).toBe(3);
  });

  it('draws a cell for each pair, in two colours where it is a confusion matrix', () => {
    const cells = ['p', 'q'].flatMap((row) =>
      ['p', 'q'].map((x) => ({ row, x, value: row === x ? 9 : 1, n: 20 })),
    );
    const svg = draw('confusion', cells);
    expect(count(svg, '#56b4e9')).toBe(2);
    expect(count(svg, '#d55e00')).toBe(2);
    expect(draw('heatmap', cells)).toContain('>9<');
    // A mean of 0 is a number; an empty cell of a confusion matrix stays blank.
    const zeros = cells.map((cell) => ({ ...cell, value: cell.row === cell.x ? 9 : 0 }));
    expect(draw('heatmap', zeros)).toContain('>0<');
    expect(draw('confusion', zeros)).not.toContain('>0<');
  });

  it('says what the colors of a heat map mean, from its smallest to its largest number', () => {
    const cells = [2, 7, 5].map((value, i) => ({ row: 'p', x: `${i}`, value, n: 1 }));
    const shares = { value: { title: 'share', format: (one: number) => `${one} of 9` } };
    const svg = draw('heatmap', cells, shares);
    // Each end stands at its cell and at the scale.
    expect(svg.split('>2 of 9<').length - 1).toBe(2);
    expect(svg.split('>7 of 9<').length - 1).toBe(2);
    expect(svg.split('>5 of 9<').length - 1).toBe(1);
    expect(svg).toContain('<linearGradient');
    const alike = cells.map((cell) => ({ ...cell, value: 2 }));
    expect(draw('heatmap', alike)).not.toContain('<linearGradient');
    expect(draw('confusion', cells)).not.toContain('<linearGradient');
  });

  it('writes a number in short where its cell is narrow, and none where that does not fit', () => {
    const draws = (count: number, more?: Partial<ChartSpec>): string =>
      draw(
        'heatmap',
        Array.from({ length: count }, (_, i) => ({ row: 'p', x: `g${i}`, value: 1200 + 100 * i, n: 1 })),
        { value: { title: 'number', range: [0, 9000] }, ...more },
      );
    expect(draws(3)).toContain('>1,300<');
    expect(draws(8)).not.toContain('>1,300<');
    expect(draws(8)).toContain('>1.3K<');
    expect(draws(16)).not.toContain('>1.3K<');
  });

  it('draws cells next to each other, in equal sizes', () => {
    const cells = ['p', 'q'].flatMap((row) => ['a', 'b', 'c'].map((x) => ({ row, x, value: 1, n: 1 })));
    const paths = [
      ...draw('heatmap', cells).matchAll(/d="M([\d.]+) ([\d.]+)l([\d.]+) 0l0 ([\d.]+)l[^"]*Z" fill="#/g),
    ];
    const found = paths.map((path) => path.slice(1).map(Number)).slice(0, 6);
    const [width, height] = [113, 91];
    const expected = [0, 1].flatMap((y) =>
      [0, 1, 2].map((x) => [45.5 + x * width, 12.5 + y * height, width - 1, height - 1]),
    );
    expect(found).toEqual(expected);
  });

  it('ends the axis of a share at 100 %, with equal steps', () => {
    const shares: ChartMark[] = [1, 2, 3].map((x) => ({ x, value: 0.86 + x / 22, n: 9 }));
    const ticks = (limits?: readonly [number, number]): number[] =>
      [
        ...draw('line', shares, {
          value: { title: 'share', format: (one) => `${Math.round(one * 1000)} ‰`, limits },
        }).matchAll(/>(\d+) ‰</g),
      ].map(([, tick]) => Number(tick));
    expect(Math.max(...ticks())).toBeGreaterThan(995);
    expect(ticks([0, 1])).toEqual([900, 920, 940, 960, 980, 1000]);
    expect(draw('bar', shares, { value: { title: 'share', limits: [0, 1] } })).toContain('>1<');
  });

  it('draws every kind without a fault, and one mark alone', () => {
    const numbers: ChartMark[] = [1, 2, 3].map((x) => ({ x, series: 'a', value: x * x, n: x }));
    for (const kind of Object.keys(DRAWINGS) as (keyof typeof DRAWINGS)[]) {
      expect(draw(kind, numbers), kind).toContain('<svg');
      expect(draw(kind, numbers.slice(0, 1)), kind).toContain('<svg');
    }
    for (const kind of ['line', 'area', 'donut'] as const)
      expect(draw(kind, groups), kind).toContain('<path');
  });
});
