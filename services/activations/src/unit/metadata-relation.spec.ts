import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { byStrength, computeRelation } from './metadata-relation.js';

const random = seededRandom(4);
const responses = Float32Array.from({ length: 400 }, () => 100 + random());
const computeMean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('the relation of responses to metadata', () => {
  it('is Pearson’s correlation with numbers, over the samples that have one', () => {
    const values = Float64Array.from(responses, (response, i) =>
      i % 7 === 0 ? NaN : 1e6 - 3 * response + random(),
    );
    const rows = Array.from(values.keys()).filter((i) => i % 7 !== 0);
    const x = rows.map((i) => responses[i]!);
    const y = rows.map((i) => values[i]!);
    // By the sum of products of standard scores.
    const score = (of: readonly number[]): number[] => {
      const m = computeMean(of);
      const s = Math.sqrt(computeMean(of.map((v) => (v - m) ** 2)));
      return of.map((v) => (v - m) / s);
    };
    const zy = score(y);
    const expected = computeMean(score(x).map((z, i) => z * zy[i]!));
    expect(computeRelation(responses, { name: 'ink', kind: 'number', values })).toEqual({
      name: 'ink',
      ratio: false,
      count: rows.length,
      correlation: expect.closeTo(expected, 9) as number,
    });
    expect(expected).toBeLessThan(-0.5);
  });

  it('is Pearson’s correlation of a published example', () => {
    // Anscombe's first set (1973): r = 0.81642.
    const x = Float32Array.of(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5);
    const y = Float64Array.of(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68);
    expect(computeRelation(x, { name: 'y', kind: 'number', values: y })!.correlation).toBeCloseTo(0.81642, 5);
  });

  it(
    'is the correlation ratio with texts: of a published example, and the root of one less the share of ' +
      'the variance within',
    () => {
      // Algebra, geometry, statistics scores: η = √(6780 / 9640) = 0.83863 (the standard worked example).
      const scores = Float32Array.of(45, 70, 29, 15, 21, 40, 20, 30, 42, 65, 95, 80, 70, 85, 73);
      const codes = Int8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2);
      expect(computeRelation(scores, { name: 'subject', kind: 'text', codes })).toEqual({
        name: 'subject',
        ratio: true,
        count: 15,
        correlation: expect.closeTo(0.83863, 4) as number,
      });
      const mixed = Int8Array.from(responses, (response, i) =>
        i % 9 === 0 ? -1 : Math.floor(4 * (response - 100) + random()) % 5,
      );
      const rows = Array.from(mixed.keys()).filter((i) => mixed[i]! >= 0);
      const groups = new Map<number, number[]>();
      for (const i of rows) groups.set(mixed[i]!, [...(groups.get(mixed[i]!) ?? []), responses[i]!]);
      const squares = (of: readonly number[]): number =>
        of.reduce((sum, value) => sum + (value - computeMean(of)) ** 2, 0);
      const within = [...groups.values()].reduce((sum, group) => sum + squares(group), 0);
      const all = squares(rows.map((i) => responses[i]!));
      expect(computeRelation(responses, { name: 'm', kind: 'text', codes: mixed })!.correlation).toBeCloseTo(
        Math.sqrt(1 - within / all),
        9,
      );
    },
  );

  it('is not computed where nothing varies, and for texts that hardly repeat', () => {
    expect(
      computeRelation(responses, { name: 'flat', kind: 'number', values: new Float64Array(400).fill(2) }),
    ).toBeUndefined();
    expect(
      computeRelation(responses, { name: 'none', kind: 'number', values: new Float64Array(400).fill(NaN) }),
    ).toBeUndefined();
    expect(
      computeRelation(new Float32Array(400).fill(1), {
        name: 'x',
        kind: 'number',
        values: Float64Array.from(responses),
      }),
    ).toBeUndefined();
    expect(
      computeRelation(responses, { name: 'one', kind: 'text', codes: new Int8Array(400) }),
    ).toBeUndefined();
    expect(
      computeRelation(responses.subarray(0, 30), {
        name: 'names',
        kind: 'text',
        codes: Int8Array.from({ length: 30 }, (_, i) => i),
      }),
    ).toBeUndefined();
  });

  it('ranks by strength, whichever its sign', () => {
    const relation = (name: string, correlation: number) => ({ name, correlation, ratio: false, count: 9 });
    expect(
      [relation('a', 0.2), relation('b', -0.9), relation('c', 0.2)].sort(byStrength).map(({ name }) => name),
    ).toEqual(['b', 'a', 'c']);
  });
});
