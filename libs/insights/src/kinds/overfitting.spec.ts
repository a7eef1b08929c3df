import { normalQuantile } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { KindReport } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { compareGaps, measureLevel } from '../overfitting/gap.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';

/** Chances of an error in training and held out. */
type Errors = readonly [training: number, heldOut: number];

/** Five classes and a field `site` of ten values; one value has errors of its own. */
function toPopulation(usual: Errors, own: Errors, { n = 4000, seed = 1, hard = 1 } = {}): Population {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: n }, () => Math.floor(random() * 5));
  const codes = Int32Array.from({ length: n }, () => Math.floor(random() * 10));
  const splitCodes = Uint8Array.from({ length: n }, (_, row) => row % 2);
  const predicted = labels.map((label, row) => {
    const chance = (codes[row] === 3 ? own : usual)[splitCodes[row]!]! * (label === 0 ? hard : 1);
    return random() < chance ? (label + 1) % 5 : label;
  });
  return {
    n,
    task: 'multi-class',
    classNames: [...'abcde'],
    splitCodes,
    splits: ['training', 'validation'],
    labels,
    predicted,
    losses: Float32Array.from(
      labels,
      (label, row) => (label === predicted[row] ? 0.1 : 2) * (0.5 + random()),
    ),
    history: [],
    spaces: [],
    metadata: [{ name: 'site', type: 'category', categories: [...'0123456789'], codes }],
  };
}

async function search(population: Population, seed = 0): Promise<KindReport> {
  const [outcome] = await runInsights(population, defaultRecipe(['overfitting'], seed));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

it('compares the gaps of two groups', () => {
  const rate = (successes: number, n: number) =>
    measureLevel(
      Float64Array.from({ length: n }, (_, i) => Number(i < successes)),
      true,
    );
  const { excess, pValue, interval } = compareGaps(
    { training: rate(1, 100), heldOut: rate(15, 50) },
    { training: rate(10, 1000), heldOut: rate(20, 500) },
  );
  // numpy and scipy.stats.norm with the errors of Agresti and Caffo
  expect(excess).toBeCloseTo(0.26, 12);
  expect(pValue).toBeCloseTo(4.2377232849766945e-5, 9);
  expect(interval.low).toBeCloseTo(0.13035106310366362, 9);
  expect(interval.high).toBeCloseTo(0.3896489368963364, 9);
});

describe('overfitting', () => {
  it('finds the group that the model knows by heart', async () => {
    const { findings } = await search(toPopulation([0.02, 0.04], [0.02, 0.6]));
    expect(findings).toMatchObject([
      {
        subkind: 'slice',
        state: 'confirmed',
        membership: { all: [{ on: 'metadata', name: 'site', oneOf: ['3'] }] },
      },
    ]);
    const { effect, sentence } = findings[0]!;
    expect(effect!.interval.low).toBeLessThan(0.56);
    expect(effect!.interval.high).toBeGreaterThan(0.56);
    expect(sentence).toMatch(
      /^Samples with site 3: much better in training, error rate .* training samples but .* held-out/,
    );
  });

  it('widens the interval of a group that was selected', async () => {
    const { findings, tried } = await search(toPopulation([0.02, 0.04], [0.02, 0.5], { n: 1000 }));
    const { effect, pValue } = findings.find(({ subkind }) => subkind === 'slice')!;
    const { difference, interval } = effect!;
    // The p-value is that of difference / error; one of all groups that were tried is confirmed.
    const error = difference / normalQuantile(1 - pValue!);
    expect(tried).toBeGreaterThan(1);
    expect((interval.high - difference) / error).toBeCloseTo(normalQuantile(1 - 0.025 / tried), 3);
  });

  it('finds it by the loss where the model predicts no classes', async () => {
    const population = {
      ...toPopulation([0.02, 0.04], [0.02, 0.6]),
      predicted: undefined,
      labels: undefined,
    };
    const { findings } = await search(population);
    expect(findings.at(-1)).toMatchObject({ subkind: 'slice', membership: { all: [{ oneOf: ['3'] }] } });
  });

  it.each<[string, Errors, Errors, number, number]>([
    ['a gap that all groups share', [0, 0.3], [0, 0.3], 1, 1],
    ['no gap', [0.05, 0.05], [0.05, 0.05], 1, 0],
    ['a group that is hard in training, too', [0.02, 0.03], [0.3, 0.5], 1, 0],
    ['a hard class', [0.03, 0.04], [0.03, 0.04], 6, 0],
  ])('reports no group for %s', async (_, usual, own, hard, overall) => {
    let reported = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { findings, remarks } = await search(toPopulation(usual, own, { seed, hard }), seed);
      expect(
        findings.filter(({ subkind }) => subkind === 'slice'),
        `seed ${seed}`,
      ).toEqual([]);
      expect(remarks[0]).toContain('a gap of');
      reported += findings.length;
    }
    expect(reported).toBe(10 * overall);
  });

  it('makes no claim from a few samples', async () => {
    for (const n of [2, 20]) {
      const { findings } = await search(toPopulation([0, 1], [0, 1], { n }));
      expect(findings.filter(({ subkind }) => subkind === 'slice')).toEqual([]);
    }
  });
});
