import { describe, expect, it } from 'vitest';
import { joinGroups } from './groups.js';
import { assignFolds, assignHalves, CONFIRM, FIND } from './halves.js';
import type { Population } from './population.js';

const create = (n: number, patients: readonly string[] = []): Population => ({
  n,
  task: undefined,
  classNames: [],
  splits: ['validation'],
  splitCodes: new Uint8Array(n),
  history: [],
  spaces: [],
  metadata: [
    {
      ...{ name: 'patient', type: 'category', categories: ['a', 'b'] },
      codes: Int32Array.from({ length: n }, (_, row) => ['a', 'b'].indexOf(patients[row] ?? '')),
    },
  ],
  groupColumn: 'patient',
});

const rows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

describe('groups', () => {
  it('join equal values, equal inputs and chains of similar pairs; missing values join nothing', () => {
    const original = Int32Array.of(0, 1, 2, 3, 4, 1, 6, 7);
    const edges = [
      { a: 2, b: 6 },
      { a: 6, b: 7 },
    ];
    const groups = joinGroups(create(8, ['a', '', '', 'b', 'a', '', '', 'b']), { original, edges });
    // a: 0 and 4; b: 3 and 7, with the copies 2 and 6; equal inputs: 1 and 5
    expect(groups).toEqual({
      firsts: Int32Array.of(0, 1, 2, 2, 0, 1, 2, 2),
      grouped: 8,
      groups: 3,
      split: 0,
    });
  });

  it('are absent where each sample is alone', () => {
    expect(joinGroups(create(3), { original: rows(3), edges: [] })).toBeUndefined();
  });

  it('leave out a chain that is too long for copies, but for its equal samples', () => {
    const original = rows(200);
    original[1] = 0;
    const edges = Array.from({ length: 60 }, (_, at) => ({ a: at === 0 ? 0 : at + 1, b: at + 2 }));
    const groups = joinGroups(create(200), { original, edges: [...edges, { a: 100, b: 101 }] })!;
    expect(groups).toMatchObject({ grouped: 4, groups: 2, split: 62 });
    expect([groups.firsts[1], groups.firsts[2], groups.firsts[101]]).toEqual([0, 2, 100]);
  });

  it('stay in one half and one fold', () => {
    const n = 2000;
    const population = create(n);
    // Pairs of rows that lie apart.
    const original = rows(n).map((row) => (row < n / 2 ? row : row - n / 2));
    const { firsts } = joinGroups(population, { original, edges: [] })!;
    const grouped = { ...population, groups: firsts };
    for (const marks of [assignHalves(grouped, 1), assignFolds(grouped, 5, 1)])
      expect(marks.subarray(0, n / 2)).toEqual(marks.subarray(n / 2));
    const halves = assignHalves(grouped, 1);
    const count = (half: number) => halves.reduce((sum, one) => sum + Number(one === half), 0);
    // 5 standard deviations of 1,000 fair coins that count twice
    expect(Math.abs(count(FIND) - count(CONFIRM))).toBeLessThan(320);
    expect(assignHalves(population, 1)).not.toEqual(halves);
  });
});
