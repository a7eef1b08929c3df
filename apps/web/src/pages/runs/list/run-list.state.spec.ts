import { describe, expect, it } from 'vitest';
import { readRunList, type RunListState, USUAL_SORT, writeRunList } from './run-list.state.js';

const USUAL = readRunList(new URLSearchParams());

describe('a list of runs in the address', () => {
  it('writes nothing for the usual list', () => {
    expect(writeRunList(USUAL).toString()).toBe('');
    expect(USUAL).toMatchObject({ sort: USUAL_SORT, columns: undefined, chosen: [] });
  });

  it.each<Partial<RunListState>>([
    { text: 'a=b & c' },
    { states: ['failed', 'running'] },
    {
      settings: [
        ['optimizer', 'adam'],
        ['loss function', 'a=b'],
      ],
    },
    { sort: { column: 'setting:batch size', falling: true } },
    { sort: { column: 'started', falling: false } },
    { group: 'optimizer learning rate' },
    {
      ranges: [
        ['setting:a:b', -1e-7, 0.5],
        ['metric', 0.25, 1],
      ],
    },
    { columns: [] },
    { columns: ['metric', 'setting:seed'] },
    { metric: 'mean_iou', chosen: ['a', 'b'] },
  ])('brings back %j', (change) => {
    const state = { ...USUAL, ...change };
    expect(readRunList(new URLSearchParams(writeRunList(state).toString()))).toEqual(state);
  });

  it('keeps other parameters of the address', () => {
    const params = writeRunList({ ...USUAL, text: 'a' }, new URLSearchParams('smooth=0.5&q=b'));
    expect(params.toString()).toBe('smooth=0.5&q=a');
  });

  it('leaves out a setting without a value', () => {
    expect(readRunList(new URLSearchParams('set=optimizer&set==adam')).settings).toEqual([]);
  });
});
