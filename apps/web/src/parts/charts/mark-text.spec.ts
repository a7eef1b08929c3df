import { describe, expect, it } from 'vitest';
import type { ChartSpec } from './chart.js';
import { describeMark, speakMark, toCsv } from './mark-text.js';

const spec: ChartSpec = {
  kind: 'bar',
  title: 'Accuracy by source',
  x: { title: 'source' },
  value: { title: 'accuracy', format: (value) => `${Math.round(value * 100)}%` },
};

describe('texts of marks', () => {
  const mark = { x: '=a', series: 'now', value: 0.5, n: 1200, interval: { low: 0.4, high: 0.6 } };

  it('has value, interval and number of samples', () => {
    expect(speakMark(describeMark(spec, mark))).toBe(
      'now · source =a, accuracy: 50%, 95% interval: 40% to 60%, n = 1,200',
    );
    expect(speakMark(describeMark(spec, { x: 'b', value: 1, n: 0 }))).toBe('source b, accuracy: 100%, n = 0');
  });

  it('names the field of its series', () => {
    const titled = { ...spec, seriesTitle: 'correct' };
    expect(describeMark(titled, { ...mark, series: 'true' }).name).toBe('correct true · source =a');
    expect(toCsv(titled, [mark])).toMatch(/^correct,source,/);
  });

  it('names a bin by its ends', () => {
    const bin = { x: '1', low: 0.25, high: 0.5, value: 3, n: 3 };
    expect(describeMark(spec, bin).name).toBe('source 0.25 to 0.5');
    expect(toCsv(spec, [bin])).toBe('from,to,accuracy,n\r\n0.25,0.5,3,3\r\n');
  });

  it('writes all digits as CSV, and no formula', () => {
    expect(toCsv(spec, [{ ...mark, value: 1 / 3 }])).toBe(
      "series,source,accuracy,low,high,n\r\nnow,'=a,0.3333333333333333,0.4,0.6,1200\r\n",
    );
  });
});
