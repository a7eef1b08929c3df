import { describe, expect, it } from 'vitest';
import { linePlot } from './line-plot.js';
import { formatCsv, findGaps, gapText, type LineSeries, listPlaces } from './line-series.js';

const frame = { width: 400, height: 200, left: 40, right: 10, top: 10, bottom: 30 };
const line = (...ys: number[]): LineSeries => ({
  key: 'loss',
  label: 'validation',
  color: '#000',
  points: ys.map((y, i) => ({ x: i + 1, y })),
});

describe('a line chart', () => {
  it('leaves a gap where a number is missing and says from where on', () => {
    const series = [line(1, 2, NaN, 4, NaN, NaN)];
    const plot = linePlot(series, frame)!;
    expect(plot.lines[0]!.path.match(/M/g)).toHaveLength(2);
    expect(plot.lines[0]!.dots).toHaveLength(3);
    expect(findGaps(series).map((gap) => gapText(gap, 'epoch'))).toEqual([
      'validation: NaN at epoch 3 and 2 more',
    ]);
    expect(findGaps([line(1, NaN, NaN)]).map((gap) => gapText(gap, 'epoch'))).toEqual([
      'validation: NaN from epoch 2 on',
    ]);
    expect(findGaps([line(1, Infinity)]).map((gap) => gapText(gap, 'epoch'))).toEqual([
      'validation: infinite from epoch 2 on',
    ]);
  });

  it('draws nothing rather than a broken picture when no number is finite', () => {
    expect(linePlot([line(NaN, NaN)], frame)).toBeUndefined();
    expect(linePlot([line()], frame)).toBeUndefined();
    expect(linePlot([], frame)).toBeUndefined();
  });

  it('puts a single point in the middle', () => {
    const plot = linePlot([line(0.5)], frame)!;
    expect(plot.lines[0]!.dots).toEqual([{ cx: 215, cy: expect.closeTo(90, 0) as number }]);
    expect(plot.x.ticks).toEqual([1]);
  });

  it('keeps room for the epochs to come', () => {
    expect(linePlot([line(3, 2)], frame, { lastX: 10 })!.x.high).toBe(10);
  });

  it('lays zeros at the foot of a logarithmic axis and reports it', () => {
    const plot = linePlot([line(1, 0.1, 0)], frame, { log: true })!;
    expect(plot.footed).toBe(true);
    expect(plot.lines[0]!.dots[2]!.cy).toBe(170);
    expect(linePlot([line(1, 0.1)], frame, { log: true })!.footed).toBe(false);
    expect(linePlot([line(0, 0)], frame, { log: true })!.y.ticks.length).toBeGreaterThan(0);
  });

  it('writes its numbers as CSV, without formulas for spreadsheets', () => {
    const other: LineSeries = { ...line(7), label: '=cmd|"x"', points: [{ x: 2, y: 7 }] };
    expect(listPlaces([line(1, 2), other])).toEqual([1, 2]);
    expect(formatCsv([line(1, NaN), other], 'epoch')).toBe(
      'epoch,validation,"\'=cmd|""x"""\r\n1,1,\r\n2,NaN,7\r\n',
    );
  });
});
