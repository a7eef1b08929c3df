import { computeMoments } from '@noema/evaluation';
import { permutation, seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import { combineCauchy } from './cauchy-combination.js';
import { conformalPValues } from './conformal.js';
import { fisherGreater } from './fisher.js';
import { gTest } from './g-test.js';
import { toDirections } from './leave-one-out.js';
import { permutedTail } from './permuted-tail.js';
import { separationTest } from './separation-test.js';
import { studentisedDifference } from './studentised-bootstrap.js';
import { welchGreater } from './welch.js';

type Draw = () => number;

const toNormal =
  (random: Draw): Draw =>
  () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const fill = (n: number, draw: Draw): Float64Array => Float64Array.from({ length: n }, draw);

/** Share of `runs` experiments whose p-value is at most 0.05. */
function countRejections(runs: number, experiment: (random: Draw, normal: Draw) => number): number {
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(run, 77);
    count += Number(experiment(random, toNormal(random)) <= 0.05);
  }
  return count / runs;
}

/** Level 0.05 and three standard errors of the share. */
const bound = (runs: number): number => 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);

function testSeparation(n: number, shift: number, share: number): (random: Draw, normal: Draw) => number {
  return (random, normal) => {
    const width = 5;
    const sides = Uint8Array.from({ length: n }, (_, row) => row % 2);
    const shifted = sides.map((side) => Number(side === 1 && random() < share));
    const values = Float32Array.from({ length: n * width }, (_, at) => {
      const isFirst = at % width === 0;
      return normal() + (isFirst ? shift * shifted[Math.floor(at / width)]! : 0);
    });
    const view = toDirections(values, width, n);
    const shuffle = (into: Uint8Array): void => {
      permutation(n, random).forEach((from, to) => (into[to] = sides[from]!));
    };
    return separationTest([[view]], sides, { permutations: 99, shuffle }).pValue;
  };
}

describe('error rates without an effect are at most 0.05, and with one the power is high:', () => {
  const cases: Record<
    string,
    readonly [runs: number, run: (effect: number) => (random: Draw, normal: Draw) => number]
  > = {
    Fisher: [
      1000,
      (effect) => (random) => {
        const hits = (n: number, p: number): number => fill(n, random).filter((u) => u < p).length;
        const [insideHits, outsideHits] = [hits(40, 0.1 + 0.3 * effect), hits(400, 0.1)];
        return fisherGreater({ insideHits, insideCount: 40, outsideHits, outsideCount: 400 });
      },
    ],
    Welch: [
      1000,
      (effect) => (_, normal) =>
        welchGreater(
          computeMoments(fill(20, () => 3 * normal() + 4 * effect)),
          computeMoments(fill(100, normal)),
        ),
    ],
    G: [
      1000,
      (effect) => (random) => {
        const row = (shift: number): number[] => {
          const counts = [0, 0, 0, 0, 0, 0];
          for (let i = 0; i < 100; i++) counts[Math.floor(6 * random() ** (1 + shift))]!++;
          return counts;
        };
        return gTest([row(0), row(2 * effect)])!.pValue;
      },
    ],
    'Cauchy, of dependent tests': [
      1000,
      (effect) => (_, normal) => {
        const common = normal();
        const sides = fill(6, () => 0.8 * common + 0.6 * normal() + 4 * effect);
        const calibration = fill(400, normal);
        return combineCauchy(conformalPValues(calibration, sides));
      },
    ],
    classifier: [60, (effect) => testSeparation(200, 2 * effect, 1)],
    'classifier, one row in seven': [40, (effect) => testSeparation(400, 6 * effect, 0.15)],
  };
  it.each(Object.entries(cases))('%s', (_, [runs, run]) => {
    expect(countRejections(runs, run(0))).toBeLessThanOrEqual(bound(runs));
    expect(countRejections(Math.min(runs, 20), run(1))).toBeGreaterThanOrEqual(0.9);
  });
});

it('a continued tail is careful, and follows the normal distribution', () => {
  const normal = toNormal(seededRandom(5));
  const draws = [...fill(199, normal)];
  // scipy.stats.norm.sf
  for (const [x, exact] of [
    [1, 0.158655],
    [3.5, 2.32629e-4],
    [5, 2.86652e-7],
  ] as const) {
    const p = permutedTail(x, draws);
    expect(p).toBeGreaterThan(exact / 1.5);
    expect(p).toBeLessThan(exact ** 0.6);
  }
});

it('the studentised interval covers the difference of skewed losses', () => {
  let covered = 0;
  for (let run = 0; run < 100; run++) {
    const random = seededRandom(run, 78);
    const loss: Draw = () => -Math.log(1 - random());
    const { low, high } = studentisedDifference(
      fill(30, loss),
      fill(300, () => loss() / 2),
      { seed: run, resamples: 399 },
    );
    covered += Number(low <= 0.5 && high >= 0.5);
  }
  // 0.95 less three standard errors.
  expect(covered / 100).toBeGreaterThan(0.88);
});
