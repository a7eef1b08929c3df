import { readFileSync } from 'node:fs';
import { computeMoments } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import {
  clusterMoments,
  compareSides,
  effectiveProportion,
  permuteGroups,
  renumber,
  testMeans,
  testRates,
  thinGroups,
} from './clusters.js';
import { fisherGreater } from './fisher.js';
import { studentisedDifference } from './studentised-bootstrap.js';
import { welchGreater } from './welch.js';

interface Compared {
  readonly values: number[];
  readonly groups: number[];
  readonly inside: number[];
}

/** Values by bench/reference/grouped_statistics.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/grouped.json', import.meta.url), 'utf8'),
) as {
  readonly differences: readonly (Compared & { readonly error: number })[];
  readonly welch: Compared & { readonly p: number };
  readonly design_effect: { readonly hits: number[]; readonly groups: number[]; readonly effect: number };
  readonly bootstrap: {
    readonly inside: number[];
    readonly insideGroups: number[];
    readonly outside: number[];
    readonly outsideGroups: number[];
    readonly low: number;
    readonly high: number;
  };
};

const read = ({ values, groups, inside }: Compared) =>
  [Float64Array.from(values), Uint8Array.from(inside), Int32Array.from(groups)] as const;

describe('values in groups', () => {
  it.each([
    ['on one side', 0],
    ['on both sides', 1],
  ])('have the standard error of statsmodels where groups are %s', (_, at) => {
    const { error, ...compared } = reference.differences[at]!;
    const { inside, outside, covariance } = compareSides(...read(compared));
    // Without the corrections for few groups, which statsmodels makes in another way.
    const count = new Set(compared.groups).size;
    const variance = [inside, outside].reduce(
      (sum, { n, deviation }) => sum + (deviation ** 2 / n) * ((n - 1) / n),
      0,
    );
    expect(Math.sqrt(variance - (2 * covariance * (count - 1)) / count)).toBeCloseTo(error, 10);
    expect(covariance !== 0).toBe(at === 1);
  });

  it('of one size are tested as their means by Welch', () => {
    const { inside, outside, covariance } = compareSides(...read(reference.welch));
    expect(welchGreater(inside, outside, covariance)).toBeCloseTo(reference.welch.p, 12);
  });

  it('have the design effect of statsmodels', () => {
    const { hits, groups, effect } = reference.design_effect;
    const { successes, trials } = effectiveProportion(Float64Array.from(hits), Int32Array.from(groups));
    const { n } = clusterMoments(Float64Array.from(hits), Int32Array.from(groups));
    expect((hits.length / trials) * ((n - 1) / n)).toBeCloseTo(effect, 10);
    expect(successes / trials).toBeCloseTo(hits.reduce((sum, hit) => sum + hit, 0) / hits.length, 12);
  });

  it('have the studentised interval of resampled groups', () => {
    const { inside, insideGroups, outside, outsideGroups, low, high } = reference.bootstrap;
    const groups = { inside: Int32Array.from(insideGroups), outside: Int32Array.from(outsideGroups) };
    const sides = [Float64Array.from(inside), Float64Array.from(outside)] as const;
    const own = studentisedDifference(...sides, { groups, resamples: 20_000 });
    // Three standard errors of a 2.5 % quantile of 20,000 resamples
    expect(Math.abs(own.low - low)).toBeLessThan(0.03 * (high - low));
    expect(Math.abs(own.high - high)).toBeLessThan(0.03 * (high - low));
    const alone = studentisedDifference(...sides, { resamples: 20_000 });
    expect(own.high - own.low).toBeGreaterThan(1.2 * (alone.high - alone.low));
  });

  it('that stand alone have the usual moments and tests', () => {
    const values = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6);
    const alone = Int32Array.from(values.keys());
    const [own, usual] = [clusterMoments(values, alone), computeMoments(values)];
    for (const key of ['n', 'mean', 'deviation'] as const) expect(own[key]).toBeCloseTo(usual[key], 12);
    const [hits, inside] = [Float64Array.of(1, 1, 1, 0, 0, 0, 1, 0), Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0)];
    expect(testRates(hits, inside, undefined)).toBe(
      fisherGreater({ insideHits: 3, insideCount: 4, outsideHits: 1, outsideCount: 4 }),
    );
    expect(effectiveProportion(hits, alone).trials).toBeCloseTo(8, 12);
  });

  it('give no certainty from one group, or equal hits', () => {
    const [values, inside] = [Float64Array.of(1, 1, 1, 0, 0, 0), Uint8Array.of(1, 1, 1, 0, 0, 0)];
    expect(testMeans(values, inside, Int32Array.of(0, 0, 0, 1, 1, 1))).toBe(1);
    expect(testRates(values, inside, Int32Array.of(0, 0, 0, 1, 1, 1))).toBe(1);
    expect(effectiveProportion(Float64Array.of(1, 1, 1, 1), Int32Array.of(0, 0, 1, 1))).toEqual({
      successes: 2,
      trials: 2,
    });
    expect(effectiveProportion(new Float64Array(0), new Int32Array(0))).toEqual({ successes: 0, trials: 0 });
    const few = effectiveProportion(Float64Array.of(1, 0, 1, 1), Int32Array.of(0, 0, 1, 1), {
      confidence: 0.95,
    });
    expect(few.trials).toBeLessThan(0.5);
  });

  it('are permuted and thinned by whole groups', () => {
    const groups = Int32Array.of(0, 0, 1, 1, 2, 2);
    const random = seededRandom(1);
    for (let draw = 0; draw < 20; draw++) {
      const dealt = permuteGroups(6, groups, random);
      expect([...dealt].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      for (const at of [0, 2, 4]) expect(groups[dealt[at]!]).toBe(groups[dealt[at + 1]!]);
      const thin = thinGroups(Int32Array.of(0, 1, 4, 5), (at) => groups[at]!, random);
      expect([...thin].map((at) => groups[at])).toEqual([0, 2]);
    }
    expect(renumber([7, 3, 7])).toEqual(Int32Array.of(0, 1, 0));
  });

  it('are rarely significant by luck, where rows alone often are', () => {
    const random = seededRandom(5);
    const groups = Int32Array.from({ length: 2000 }, (_, row) => Math.floor(row / 40));
    const errors = { means: 0, rates: 0, rows: 0 };
    for (let run = 0; run < 300; run++) {
      const levels = Array.from({ length: 50 }, () => random() ** 2);
      const hits = Float64Array.from(groups, (group) => Number(random() < levels[group]!));
      const isMember = Array.from({ length: 50 }, () => random() < 0.25);
      const inside = Uint8Array.from(groups, (group) => Number(isMember[group]));
      errors.means += Number(testMeans(hits, inside, groups) <= 0.05);
      errors.rates += Number(testRates(hits, inside, groups) <= 0.05);
      errors.rows += Number(testRates(hits, inside, undefined) <= 0.05);
    }
    // 15 expected, three standard deviations
    expect(errors.means).toBeLessThanOrEqual(27);
    expect(errors.rates).toBeLessThanOrEqual(27);
    expect(errors.rows).toBeGreaterThan(75);
  });
});
