import { permutation, seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Population } from '../../population/population.js';
import { defaultRecipe } from '../../recipe.js';
import { runInsights } from '../../run-insights.js';
import { countSure, judge } from './calibration.js';
import { groupByDepth } from './depth-groups.js';
import { scoreEntropy } from './entropy-view.js';
import { scoreJointly } from './joint-view.js';
import type { View } from './view.js';

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Two views of samples, one of which has heavy tails; the last `planted` samples lie far away. */
function drawViews(n: number, planted: number, seed: number): View[] {
  const random = seededRandom(seed);
  return [0, 1].map((v) => ({
    title: `view ${v}`,
    depth: v,
    weight: 1,
    scores: Float64Array.from({ length: n }, (_, at) =>
      v === 0
        ? normal(random) / (0.05 + random()) + (at >= n - planted ? 4 : 0)
        : normal(random) + (at >= n - planted ? 8 : 0),
    ),
  }));
}

describe('calibration', () => {
  it('flags at most 10 % of the runs without outliers, and a p-value is valid', () => {
    const runs = 400;
    let [withFlags, withSure, small] = [0, 0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const { flagged, sure, pValues } = judge(drawViews(120, 0, seed), range(0, 60), range(60, 120), {
        q: 0.1,
        risk: 0.05,
      });
      withFlags += Number(flagged.length > 0);
      withSure += Number(sure > 0);
      small += pValues.filter((p) => p <= 0.05).length / 60;
    }
    // 3 standard errors above the limits
    expect(withFlags / runs).toBeLessThan(0.1 + 3 * Math.sqrt((0.1 * 0.9) / runs));
    expect(withSure / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
    expect(small / runs).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it('keeps the share of false ones below 10 % in 95 % of the runs, where it is sure', () => {
    const runs = 200;
    let [exceeded, found] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const { flagged, sure } = judge(drawViews(1100, 100, seed), range(0, 500), range(500, 1100), {
        q: 0.1,
        risk: 0.05,
      });
      const right = flagged.slice(0, sure).filter((at) => at >= 500).length;
      exceeded += Number(sure > 0 && right / sure < 0.9);
      found += right / 100 / runs;
    }
    expect(exceeded / runs).toBeLessThanOrEqual(0.05);
    expect(found).toBeGreaterThan(0.5);
  });

  it('bounds the false ones before every calibration sample at once', () => {
    const [n, tested, runs] = [50, 50, 1000];
    let broken = 0;
    for (let seed = 0; seed < runs; seed++) {
      // Tested samples like the calibration: all of them are false.
      const order = permutation(n + tested, seededRandom(seed));
      const rising: number[] = [];
      let above = 0;
      for (const at of order)
        if (at < n) above++;
        else rising.push((1 + above) / (n + 1));
      broken += Number(countSure(rising, n, tested, 0.9, 0.1).sure > 0);
    }
    // A share of 0.9 false ones would be right to refuse: every claim is a mistake.
    expect(broken / runs).toBeLessThanOrEqual(0.1);
  });
});

describe('views', () => {
  it('have the generalised entropy of GEN', () => {
    // sum((p * (1 - p)) ** 0.1 for p in (0.7, 0.2, 0.1)) in Python
    const [entropy] = scoreEntropy(Float32Array.of(0.7, 0.2, 0.1), 3, Int32Array.of(0));
    expect(entropy).toBeCloseTo(2.47406007, 6);
  });

  it('have the Mahalanobis distance, but for a small ridge', () => {
    const units = {
      layers: [{ name: 'one', units: 2 }],
      values: Float32Array.of(0, 2, 4, 1, 3, /* second unit */ 0, 1, 3, 2, 9),
    };
    const options = { reference: range(0, 4), rows: range(0, 5), neighbors: 1, threads: 1 };
    const scores = scoreJointly(units, 5, groupByDepth(units), options);
    // numpy: x − mean of the first four rows, population covariance inverted
    [1.34715063, 1.07151675, 1.52752523, 1.64429429, 10.84401183].forEach((distance, row) => {
      expect(Math.abs(scores[row]! / distance - 1), `row ${row}`).toBeLessThan(0.02);
    });
  });

  it('cut layers into at most six depths', () => {
    const layers = Array.from({ length: 8 }, (_, at) => ({ name: `l${at}`, units: at === 3 ? 0 : 2 }));
    const groups = groupByDepth({ layers, values: new Float32Array(14) });
    expect(groups.map(({ title }) => title)).toEqual(['l0', 'l1', 'l2', 'l4', 'l5', 'l6 to l7']);
    expect(groups.flatMap(({ layers: own }) => own.flat())).toEqual([...range(0, 14)]);
  });
});

/** 2 layers of 4 units: training, validation, and `unlabeled` whose last `planted` differ in one layer. */
function drawPopulation(n: number, planted: number, layer: 0 | 1): Population {
  const random = seededRandom(7);
  const units = 8;
  const values = new Float32Array(units * n);
  for (let row = 0; row < n; row++)
    for (let u = 0; u < units; u++) {
      const moved = row >= n - planted && Math.floor(u / 4) === layer && u % 4 === 1;
      values[u * n + row] = Math.abs(normal(random)) + 2 * Number(u % 4 === 0) + (moved ? 12 : 0);
    }
  return {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splits: ['training', 'validation', 'unlabeled'],
    splitCodes: Uint8Array.from({ length: n }, (_, row) => Math.floor((3 * row) / n)),
    labels: Int32Array.from({ length: n }, (_, row) => (3 * row >= 2 * n ? -1 : row % 2)),
    predicted: Int32Array.from({ length: n }, (_, row) => row % 2),
    losses: Float32Array.from({ length: n }, (_, row) => (3 * row >= 2 * n ? NaN : 0.1)),
    history: [],
    spaces: [],
    units: {
      layers: [
        { name: 'early', units: 4 },
        { name: 'late', units: 4 },
      ],
      values,
    },
    metadata: [],
  };
}

describe('out-of-distribution', () => {
  const search = async (population: Population, threads = 1) => {
    const [outcome] = await runInsights(population, defaultRecipe(['out-of-distribution']), { threads });
    if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.report;
  };

  it.each([
    [0, 'look different:'],
    [1, 'are something else:'],
  ] as const)('finds unlabelled samples that differ in layer %i, and says how', async (layer, claim) => {
    const { findings } = await search(drawPopulation(1200, 60, layer));
    const [finding] = findings;
    expect(finding).toMatchObject({ state: 'confirmed', subkind: 'singles' });
    expect(finding!.sentence).toContain(claim);
    const right = finding!.members.filter((row) => row >= 1140).length;
    expect(right).toBeGreaterThan(50);
    expect(right / finding!.members.length).toBeGreaterThan(0.9);
    expect(finding!.severity.level).toBe(3);
  });

  it('finds nothing in clean data', async () => {
    expect((await search(drawPopulation(1200, 0, 0))).findings).toEqual([]);
  });

  it('has the same findings for any number of threads', async () => {
    const population = drawPopulation(1200, 60, 0);
    expect(await search(population, 2)).toEqual(await search(population, 1));
  });

  it('survives two samples, equal samples and broken responses', async () => {
    expect((await search(drawPopulation(3, 0, 0))).findings).toEqual([]);
    const population = drawPopulation(300, 0, 0);
    const { layers } = population.units!;
    const equal = { ...population, units: { layers, values: new Float32Array(8 * 300) } };
    expect((await search(equal)).findings).toEqual([]);
    const values = population.units!.values.map((value, at) => (at % 300 === 150 ? NaN : value));
    const { remarks } = await search({ ...population, units: { layers, values } });
    expect(remarks[0]).toContain('1 validation samples are left out');
  });
});
