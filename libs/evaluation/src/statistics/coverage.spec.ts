import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  areaUnderRoc,
  averagePrecision,
  bootstrapMeanInterval,
  computeMoments,
  estimateAreaUnderRoc,
  estimateAveragePrecision,
  type Interval,
  mcnemarMidP,
  meanInterval,
  newcombeInterval,
  pairedDifferenceInterval,
  type RankedCounts,
  wilsonInterval,
} from '../index.js';
import { countRanked } from '../../test/ranked.js';
import { binomialProbability } from './distributions.js';

const DRAWS = 1000;
type Draw = (random: () => number) => number;

const normal: Draw = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const exponential: Draw = (random) => -Math.log(1 - random());
/** Losses of a network: most are small, a tenth is 40 times as large. */
const losses: Draw = (random) => exponential(random) * (random() < 0.9 ? 0.05 : 2);

const contains = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

/** Percent of the draws whose interval contains the value. */
function coverage(draw: () => Interval, value: number): number {
  let covered = 0;
  for (let i = 0; i < DRAWS; i++) if (contains(draw(), value)) covered++;
  return (100 * covered) / DRAWS;
}

/** Exact percent of the outcomes of n trials whose interval contains the proportion. */
function wilsonCoverage(p: number, n: number): number {
  let covered = 0;
  for (let k = 0; k <= n; k++) if (contains(wilsonInterval(k, n), p)) covered += binomialProbability(k, n, p);
  return 100 * covered;
}

const within = (percent: number, title: string): void => {
  expect(percent, title).toBeGreaterThanOrEqual(93);
  expect(percent, title).toBeLessThanOrEqual(97);
};

describe('intervals of 95 % cover in 93 to 97 % of the draws', () => {
  it('for proportions with 8 or more expected successes and failures', () => {
    for (const p of [0.5, 0.8, 0.9, 0.95, 0.97, 0.99])
      for (const n of [20, 50, 100, 200, 500, 2000])
        if (n * (1 - p) >= 8) within(wilsonCoverage(p, n), `${p} of ${n}`);
  });

  it.each([
    [0.9, 0.9, 100, 80],
    [0.5, 0.5, 30, 30],
    [0.95, 0.8, 200, 100],
    [0.7, 0.6, 50, 120],
  ])('for the difference of the independent proportions %f and %f of %i and %i', (p, q, m, n) => {
    let covered = 0;
    for (let a = 0; a <= m; a++)
      for (let b = 0; b <= n; b++) {
        const found = newcombeInterval({ successes: a, trials: m }, { successes: b, trials: n });
        if (contains(found, p - q)) covered += binomialProbability(a, m, p) * binomialProbability(b, n, q);
      }
    within(100 * covered, `${p} of ${m}, ${q} of ${n}`);
  });

  it.each([
    ['normal', normal, 0, [5, 20, 100]],
    ['exponential', exponential, 1, [50, 100, 200]],
    ['loss-like', losses, 0.245, [1000]],
  ] as const)("for means of %s values by Student's t", (_, draw, mean, sizes) => {
    for (const n of sizes) {
      const random = seededRandom(11, n);
      const sample = (): Interval =>
        meanInterval(computeMoments(Float64Array.from({ length: n }, () => draw(random))));
      within(coverage(sample, mean), `n = ${n}`);
    }
  });

  it('for paired differences with 5 or more expected changes', () => {
    for (const [fixed, broken] of [
      [0.01, 0.03],
      [0.05, 0.05],
      [0.1, 0.02],
      [0.2, 0.2],
      [0.001, 0.031],
    ] as const)
      for (const n of [100, 200, 500])
        if (n * (fixed + broken) >= 5)
          within(pairedCoverage(fixed, broken, n).covered, `${fixed} ${broken} ${n}`);
  });
});

/** Scores of n samples in steps of 1/16, of which a share is positive, with higher scores. */
function drawScores(
  random: () => number,
  n: number,
  { share, shift, spread = 1 }: { readonly share: number; readonly shift: number; readonly spread?: number },
): RankedCounts {
  const counts = [new Int32Array(256), new Int32Array(256)] as const;
  for (let i = 0; i < n; i++) {
    const isPositive = random() < share;
    const score = isPositive ? normal(random) * spread + shift : normal(random);
    counts[Number(isPositive) as 0 | 1][Math.min(255, Math.max(0, Math.round(128 + 16 * score)))]!++;
  }
  return countRanked(counts);
}

/** Percent of the draws whose intervals contain the areas of 300,000 samples. */
function areaCoverage(n: number, draw: Parameters<typeof drawScores>[2]) {
  const random = seededRandom(3, n, draw.share * 100, draw.shift * 100);
  const population = drawScores(random, 300_000, draw);
  const [ap, auc] = [averagePrecision(population), areaUnderRoc(population)];
  const hits = { ap: 0, auc: 0 };
  for (let i = 0; i < DRAWS; i++) {
    const ranked = drawScores(random, n, draw);
    if (contains(estimateAveragePrecision(ranked).interval!, ap)) hits.ap++;
    if (contains(estimateAreaUnderRoc(ranked).interval!, auc)) hits.auc++;
  }
  return { ap: (100 * hits.ap) / DRAWS, auc: (100 * hits.auc) / DRAWS };
}

describe('intervals of areas under curves cover in 93 to 97 % of the draws', () => {
  it.each([
    [200, { share: 0.5, shift: 0.5 }],
    [200, { share: 0.5, shift: 2 }],
    [500, { share: 0.2, shift: 1.2 }],
    [500, { share: 0.2, shift: 1, spread: 2 }],
    [1000, { share: 0.1, shift: 1.2 }],
  ])('of %i samples, %j', (n, draw) => {
    const { ap, auc } = areaCoverage(n, draw);
    within(ap, 'average precision');
    within(auc, 'area under ROC');
  });

  it('and fewer where few samples are on the wrong side', () => {
    const { auc } = areaCoverage(500, { share: 0.1, shift: 3 });
    expect(auc).toBeGreaterThan(85);
    expect(auc).toBeLessThan(93);
  });
});

describe('intervals outside these limits', () => {
  it('cover proportions with few expected failures by up to 10 % less or 5 % more', () => {
    expect(wilsonCoverage(0.99, 10)).toBeCloseTo(90.4, 1);
    expect(wilsonCoverage(0.95, 10)).toBeCloseTo(91.4, 1);
    expect(wilsonCoverage(0.999, 20)).toBeCloseTo(98, 1);
    expect(wilsonCoverage(0.99, 100)).toBeCloseTo(92.1, 1);
  });

  it('miss means of few skewed losses; resampling is closer from 100 values on', () => {
    const random = seededRandom(7);
    let [student, resampled] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const values = Float64Array.from({ length: 100 }, () => losses(random));
      if (contains(meanInterval(computeMoments(values)), 0.245)) student++;
      if (contains(bootstrapMeanInterval(values, { seed: i, resamples: 400 }), 0.245)) resampled++;
    }
    expect(student / 300).toBeLessThan(0.93);
    expect(resampled).toBeGreaterThan(student);
  });

  it('are too wide for paired differences with few changes', () => {
    expect(pairedCoverage(0.005, 0.005, 100).covered).toBeGreaterThan(97);
    expect(pairedCoverage(0.0005, 0.0005, 500).covered).toBe(100);
  });
});

describe("McNemar's mid-p test", () => {
  it('rejects at most 6 % of equal versions at 5 %', () => {
    for (const n of [50, 500]) expect(pairedCoverage(0.05, 0.05, n).rejected).toBeLessThanOrEqual(6);
  });
});

function pairedCoverage(fixedShare: number, brokenShare: number, n: number) {
  const random = seededRandom(5, n, fixedShare * 1e4, brokenShare * 1e4);
  let rejected = 0;
  const covered = coverage(() => {
    let [fixed, broken] = [0, 0];
    for (let i = 0; i < n; i++) {
      const u = random();
      if (u < fixedShare) fixed++;
      else if (u < fixedShare + brokenShare) broken++;
    }
    if (mcnemarMidP({ fixed, broken, n }) < 0.05) rejected++;
    return pairedDifferenceInterval({ fixed, broken, n });
  }, fixedShare - brokenShare);
  return { covered, rejected: (100 * rejected) / DRAWS };
}
