import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { findRedundant, MAX_COMPARED } from '../representation/cover.js';
import { estimateNeed } from '../representation/need.js';
import { runInsights } from '../run-insights.js';

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

it('a group needs the factor (loss / target)^(1/b) more samples', () => {
  const flat = (value: number): Float64Array => new Float64Array(2000).fill(value);
  // A quarter of the density, twice the loss: b = ½. (0.2 / 0.05)^2 = 16 times as many.
  const data = { count: 100, losses: flat(0.2), alike: flat(0.1), factor: 4, target: 0.05 };
  const need = estimateNeed(data, 0)!;
  expect(need.exponent).toBeCloseTo(0.5, 9);
  expect(need.add).toBeCloseTo(1500, 6);
  // Noise: the interval covers it in 80 % of the cases, less three standard errors.
  const covered = Array.from({ length: 50 }, (_, seed) => {
    const random = seededRandom(seed);
    const losses = Float64Array.from({ length: 60 }, () => 0.4 * random());
    return estimateNeed({ ...data, losses, alike: flat(0.1).subarray(0, 9) }, seed)!;
  }).filter(({ low, high }) => low <= 1500 && high >= 1500);
  expect(covered.length).toBeGreaterThan(31);
  // Few losses leave the usual exponent.
  const few = { ...data, losses: Float64Array.of(0.01, 0.9), alike: Float64Array.of(0.001, 0.8) };
  expect(Math.abs(estimateNeed(few, 0)!.exponent - 0.5)).toBeLessThan(0.1);
  expect(estimateNeed({ ...data, alike: flat(0.3) }, 0)).toMatchObject({ add: Infinity });
  expect(estimateNeed({ ...data, target: 0.3 }, 0)).toMatchObject({ add: 0 });
  for (const missing of [{ factor: 1 }, { alike: flat(0).subarray(0, 0) }, { target: 0 }])
    expect(estimateNeed({ ...data, ...missing }, 0)).toBeUndefined();
});

it('lets go what the cover has already', () => {
  const values = Float32Array.of(0, 0.1, 5, 5.2, 9);
  const space = { key: 's', title: 'S', depth: undefined, width: 1, values };
  expect([...findRedundant(space, Int32Array.of(0, 1, 2, 3, 4), 3)]).toEqual([1, 3]);
});

it('lets go the share of a large group that is compared', () => {
  const n = 5000;
  const values = Float32Array.from({ length: n }, (_, at) => at);
  const space = { key: 's', title: 'S', depth: undefined, width: 1, values };
  const redundant = findRedundant(space, Int32Array.from(values), 4500);
  expect(redundant).toHaveLength(MAX_COMPARED / 10);
  expect(new Set(redundant).size).toBe(MAX_COMPARED / 10);
  // Not the first ones alone.
  expect(Math.max(...redundant)).toBeGreaterThan(MAX_COMPARED);
});

/** Two classes of two styles each; the training part of one style keeps `kept` of its samples. */
function drawPopulation(kept: number, seed = 1, n = 3000): Population {
  const random = seededRandom(seed);
  const rows: { split: number; label: number; style: number }[] = [];
  for (let i = 0; i < n; i++) {
    const row = { split: Number(i % 3 === 0), label: i & 1, style: Number(random() < 0.25) };
    const isPlanted = row.split === 0 && row.label === 1 && row.style === 1;
    if (!isPlanted || random() < kept) rows.push(row);
  }
  const isPlanted = ({ label, style }: (typeof rows)[number]) => label === 1 && style === 1;
  return {
    n: rows.length,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splits: ['training', 'validation'],
    splitCodes: Uint8Array.from(rows, ({ split }) => split),
    labels: Int32Array.from(rows, ({ label }) => label),
    losses: Float32Array.from(rows, (row) => (isPlanted(row) ? 1 : 0.2) * random()),
    history: [],
    spaces: [
      {
        key: 'vectors',
        title: 'All layers',
        depth: undefined,
        width: 2,
        values: Float32Array.from(
          rows.flatMap(({ label, style }) => [8 * label + normal(random), 6 * style + normal(random)]),
        ),
      },
    ],
    metadata: [
      {
        name: 'style',
        type: 'category',
        categories: ['round', 'square'],
        codes: Int32Array.from(rows, ({ style }) => style),
      },
    ],
  };
}

describe('representation', () => {
  const search = async (population: Population, threads = 1) => {
    const [outcome] = await runInsights(population, defaultRecipe(['representation']), { threads });
    if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.report;
  };

  it('finds a style that training lacks, and how many samples its share needs', async () => {
    const population = drawPopulation(0.2);
    const { findings } = await search(population);
    const found = findings.find(({ subkind }) => subkind === 'under')!;
    expect(found.state).toBe('confirmed');
    expect(found.sentence).toContain('under-represented');
    const codes = (population.metadata[0] as { readonly codes: Int32Array }).codes;
    const planted = found.members.filter((row) => population.labels![row] === 1 && codes[row] === 1);
    expect(planted.length / found.members.length).toBeGreaterThan(0.5);
    const { addForShareLow, addForShareHigh } = found.numbers;
    expect(addForShareLow).toBeGreaterThan(0);
    expect(addForShareHigh).toBeGreaterThan(addForShareLow!);
  });

  it('finds a style that training lacks with the least severity where it costs no loss', async () => {
    const population = drawPopulation(0.2);
    const random = seededRandom(8);
    for (const losses of [undefined, population.losses!.map(() => random())]) {
      const { findings } = await search({ ...population, losses });
      const under = findings.filter(({ subkind }) => subkind === 'under');
      expect(new Set(under.map(({ state }) => state))).toEqual(new Set(['confirmed']));
      expect(under.map(({ severity }) => severity.level)).toEqual(under.map(() => 1));
    }
  });

  it('finds nothing in 9 of 10 populations whose training has the same shares', async () => {
    let quiet = 0;
    for (let seed = 0; seed < 10; seed++)
      quiet += Number((await search(drawPopulation(1, seed, 2400))).findings.length === 0);
    expect(quiet).toBeGreaterThanOrEqual(9);
  });

  it('has the same findings for any number of threads', async () => {
    const population = drawPopulation(0.2);
    expect(await search(population, 2)).toEqual(await search(population, 1));
  });

  it('survives few, equal and broken samples, and data without spaces', async () => {
    const population = drawPopulation(0.2);
    const few = { ...population, n: 3, splitCodes: Uint8Array.of(0, 1, 1), labels: undefined };
    expect((await search(few)).findings).toEqual([]);
    const [space] = population.spaces as [Population['spaces'][number]];
    const equal = { ...space, values: new Float32Array(space.values.length).fill(1) };
    await search({ ...population, spaces: [equal] });
    const broken = { ...space, values: space.values.map((value, at) => (at % 7 === 0 ? NaN : value)) };
    await search({ ...population, spaces: [broken] });
    const { remarks } = await search({ ...population, spaces: [], losses: undefined });
    expect(remarks).toEqual(['Without perception vectors, no regions are searched.']);
  });
});
