import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { judgeTest, type JudgedSamples, parseDocument, type SampleTest, type TestResult } from '../index.js';

const parse = (fields: Readonly<Record<string, unknown>>): SampleTest =>
  parseDocument({ version: 1, tests: [{ name: 'a test', ...fields }] }).tests[0] as SampleTest;

const samples = (values: ArrayLike<number>, isBoolean = true): JudgedSamples => ({
  count: values.length,
  field: { values: Float64Array.from(values), isBoolean },
});
const repeat = (n: number, ones: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (i < ones ? 1 : 0));

/** Two versions on the same samples: exactly `planted` are broken, and each other one changes by chance. */
function drawPair(n: number, planted: number, churn: number, random: () => number) {
  const before = Float64Array.from({ length: n }, () => (random() < 0.9 ? 1 : 0));
  const now = before.map((value) => (random() < churn ? 1 - value : value));
  let left = planted;
  for (let row = 0; left > 0 && row < n; row++) {
    if (before[row] !== 1) continue;
    now[row] = 0;
    left--;
  }
  return { now: samples(now), before: { ...samples(before), isAligned: true } };
}

const REGRESSION = parse({ expect: 'mean(correct) >= previous' });
const judgePair = (n: number, planted: number, churn: number, random: () => number): TestResult => {
  const { now, before } = drawPair(n, planted, churn, random);
  return judgeTest(REGRESSION, now, before);
};

describe('the test of a share against a version with other samples', () => {
  it('is undecided when all of a few samples are correct in both', () => {
    const all = samples(repeat(3, 3));
    const result = judgeTest(REGRESSION, all, { ...all, isAligned: false });
    // Newcombe's interval of 3 of 3 and 3 of 3, from Wilson's 0.4385 to 1.
    expect(result.interval!.low).toBeCloseTo(-0.5615, 4);
    expect(result.verdict).toBe('undecided');
  });
});

describe('the test of a slice against the previous version', () => {
  it('fails for at least 90 of 100 regressions of 3 points on 500 samples', () => {
    const random = seededRandom(1);
    const found = Array.from({ length: 100 }, () => judgePair(500, 15, 0.005, random));
    expect(found.filter(({ verdict }) => verdict === 'fail').length).toBeGreaterThanOrEqual(90);
    expect(found.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
  });

  it.each([0.005, 0.02, 0.1])(
    'fails for at most 5 of 100 pairs that change by chance alone at %f',
    (churn) => {
      // As many samples become correct as misclassified.
      const random = seededRandom(2, churn * 1000);
      const failed = Array.from({ length: 100 }, () => {
        const before = Float64Array.from({ length: 500 }, () => (random() < 0.5 ? 1 : 0));
        const now = before.map((value) => (random() < churn ? 1 - value : value));
        return judgeTest(REGRESSION, samples(now), { ...samples(before), isAligned: true });
      }).filter(({ verdict }) => verdict === 'fail');
      expect(failed.length).toBeLessThanOrEqual(5);
    },
  );

  it.each([100, 200])(
    'names a number that decides at least 85 of 100 undecided regressions of 3 points on %i samples',
    (n) => {
      const random = seededRandom(3, n);
      let [undecided, decided] = [0, 0];
      for (let draws = 0; undecided < 100 && draws < 2000; draws++) {
        const result = judgePair(n, n * 0.03, 0.005, random);
        if (result.verdict !== 'undecided') continue;
        undecided++;
        const again = judgePair(result.decidingN!, Math.round(result.decidingN! * 0.03), 0.005, random);
        if (again.verdict !== 'undecided') decided++;
      }
      expect(decided).toBeGreaterThanOrEqual(85);
    },
  );
});

describe('a test against a limit', () => {
  it.each([
    ['mean(correct) >= 0.9', 990, 'pass'],
    ['mean(correct) >= 0.9', 850, 'fail'],
    ['mean(correct) >= 0.9', 905, 'undecided'],
    ['mean(correct) < 0.9', 850, 'pass'],
    ['mean(correct) < 0.9', 905, 'undecided'],
  ])('%s of %i in 1000 is %s', (expected, ones, verdict) => {
    expect(judgeTest(parse({ expect: expected }), samples(repeat(1000, ones))).verdict).toBe(verdict);
  });

  it('reports the number, its interval, the samples and the number that would decide', () => {
    const result = judgeTest(parse({ expect: 'mean(correct) >= 0.9' }), samples(repeat(1000, 905)));
    expect(result.summary.replace(/about \d+/, 'about N')).toBe(
      'undecided: mean(correct) is 0.905 [0.8852, 0.9217] of 1000 samples, expected mean(correct) >= 0.9; ' +
        'about N samples would decide it',
    );
    expect(result.decidingN).toBeGreaterThan(1000);
  });

  it('names a number that decides where the interval just holds the limit', () => {
    const random = seededRandom(6);
    const test = parse({ expect: 'mean(correct) >= 0.9' });
    const draw = (n: number): TestResult =>
      judgeTest(test, samples(Float64Array.from({ length: n }, () => (random() < 0.93 ? 1 : 0))));
    let [undecided, decided] = [0, 0];
    for (let draws = 0; undecided < 100 && draws < 2000; draws++) {
      const result = draw(200);
      if (result.verdict !== 'undecided') continue;
      undecided++;
      if (draw(result.decidingN!).verdict !== 'undecided') decided++;
    }
    expect(decided).toBeGreaterThanOrEqual(85);
  });

  it('is undecided below min_n, whatever the samples are', () => {
    const result = judgeTest(parse({ expect: 'mean(correct) >= 0.5', min_n: 100 }), samples(repeat(99, 99)));
    expect(result).toMatchObject({ verdict: 'undecided', decidingN: 100 });
    expect(result.summary).toBe('undecided: 99 samples, min_n is 100');
  });

  it('is exact for counts and extremes', () => {
    expect(judgeTest(parse({ expect: 'count() >= 3' }), { count: 3, field: undefined }).verdict).toBe('pass');
    expect(judgeTest(parse({ expect: 'count() = 0' }), { count: 3, field: undefined }).verdict).toBe('fail');
    expect(judgeTest(parse({ expect: 'max(loss) < 2' }), samples([1, NaN, 1.5], false)).verdict).toBe('pass');
    expect(judgeTest(parse({ expect: 'min(loss) < 2' }), samples([NaN], false)).verdict).toBe('undecided');
  });
});

describe('losses against the previous version', () => {
  const losses = (factor: number, seed: number): Float64Array => {
    const random = seededRandom(seed);
    return Float64Array.from({ length: 400 }, () => -Math.log(1 - random()) * factor);
  };
  const previous = (values: Float64Array, isAligned: boolean) => ({ ...samples(values, false), isAligned });
  const test = parse({ expect: 'mean(loss) <= previous * 1.05' });

  it('pass when they are the same on each sample, which independent samples cannot show', () => {
    const now = samples(losses(1, 1), false);
    expect(judgeTest(test, now, previous(losses(1, 1), true)).verdict).toBe('pass');
    expect(judgeTest(test, now, previous(losses(1, 1), false)).verdict).toBe('undecided');
  });

  it('fail when all of them grow by a fifth', () => {
    expect(judgeTest(test, samples(losses(1.2, 1), false), previous(losses(1, 1), true)).verdict).toBe(
      'fail',
    );
  });

  it('are undecided without a previous version, and when samples cannot be paired', () => {
    expect(judgeTest(test, samples(losses(1, 1), false)).summary).toContain('no previous version');
    const paired = parse({ expect: 'mean(loss) <= previous', paired: true });
    expect(judgeTest(paired, samples([1, 2], false), previous(losses(1, 1), false)).summary).toContain(
      'different samples',
    );
  });
});
