import { describe, expect, it } from 'vitest';
import { type DashboardState, readDashboard, toggleFilter, writeDashboard } from './dashboard.state.js';

const USUAL = readDashboard(new URLSearchParams());

describe('a dashboard in the address', () => {
  it('writes nothing for an unchanged one', () => {
    expect(writeDashboard(USUAL).toString()).toBe('');
  });

  it.each<Partial<DashboardState>>([
    { text: 'version: 1\ncharts:\n  - { mark: bar, x: "a b@10" } # ü\n' },
    { current: { runId: '0189-a', epoch: 0 }, previous: { runId: '0189-b', epoch: 7 } },
    {
      filters: [
        { chart: 0, where: 'split = "validation"' },
        { chart: 11, where: 'a:b >= 1' },
      ],
    },
    { isEditing: true },
  ])('brings back %j', (change) => {
    const state = { ...USUAL, ...change };
    expect(readDashboard(new URLSearchParams(writeDashboard(state).toString()))).toEqual(state);
  });

  it('leaves out filters that name no chart', () => {
    expect(readDashboard(new URLSearchParams('f=x:a=1&f=1:&f=2:b')).filters).toEqual([
      { chart: 2, where: 'b' },
    ]);
  });
});

describe('a chosen mark', () => {
  const before = [{ chart: 0, where: 'a = 1' }];

  it('filters, is replaced by another mark of its chart, and is taken away by a second choice', () => {
    expect(toggleFilter(before, { chart: 1, where: 'b = 1' })).toEqual([
      ...before,
      { chart: 1, where: 'b = 1' },
    ]);
    expect(toggleFilter(before, { chart: 0, where: 'a = 2' })).toEqual([{ chart: 0, where: 'a = 2' }]);
    expect(toggleFilter(before, before[0]!)).toEqual([]);
  });
});
