import { describe, expect, it } from 'vitest';
import { moveChart, putChart, readChart, readDashboardText, removeChart } from './dashboard-text.js';

const TEXT = `version: 1
# Losses come first.
charts:
  - { mark: bar, x: split, y: mean(loss) }
  - { mark: donut, x: truth }
`;

describe('the text of a dashboard', () => {
  it('is read as charts', () => {
    expect(readDashboardText(TEXT).document?.charts).toMatchObject([{ mark: 'bar' }, { mark: 'donut' }]);
  });

  it.each([
    ['a mark that does not exist', TEXT.replace('donut', 'pie'), 5, 1, /"pie"; known: bar, line/],
    ['an aggregate without a field', TEXT.replace('mean(loss)', 'mean()'), 4, 0, /field of mean/],
    ['a missing version', TEXT.replace('version: 1\n', ''), 1, undefined, /version/],
    ['YAML that does not close', 'version: 1\ncharts: [', 2, undefined, /./],
  ])('has the line of %s', (_, text, line, chart, message) => {
    const { fault } = readDashboardText(text);
    expect(fault).toMatchObject({ line, chart });
    expect(fault!.message).toMatch(message);
  });

  it('takes a chart of the form and keeps comments', () => {
    const text = putChart(TEXT, { mark: 'line', x: 'confidence@10', y: 'mean(correct)', where: '' });
    expect(text).toContain('# Losses come first.');
    expect(readDashboardText(text).document?.charts).toMatchObject([{}, {}, { mark: 'line', where: '' }]);
    expect(text).not.toContain('where');
  });

  it('takes the first chart of an empty document', () => {
    for (const empty of ['version: 1\n', 'version: 1\ncharts:\n', 'version: 1\ncharts: []\n'])
      expect(readDashboardText(putChart(empty, { mark: 'number' })).document?.charts).toHaveLength(1);
  });

  it('replaces, moves and removes a chart', () => {
    const replaced = putChart(TEXT, { mark: 'table', x: 'truth' }, 0);
    expect(readChart(replaced, 0)).toEqual({ mark: 'table', x: 'truth' });
    expect(readChart(moveChart(replaced, 0, 1), 0)['mark']).toBe('donut');
    expect(readDashboardText(removeChart(replaced, 0)).document?.charts).toMatchObject([{ mark: 'donut' }]);
  });
});
