import { describe, expect, it } from 'vitest';
import { seededRandom } from '@noema/kernel/random';
import type { KindReport } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';

/** Two classes; a sample is right with its confidence, less `excess` at the site `annex`. */
function createPopulation(n: number, seed: number, excess: number): Population {
  const random = seededRandom(seed, 31);
  const sites = Int32Array.from({ length: n }, () => Number(random() < 0.2));
  const confidence = Float64Array.from(sites, () => 0.6 + 0.4 * random());
  const predicted = Int32Array.from(sites, () => Number(random() < 0.5));
  const labels = predicted.map((guess, row) =>
    random() < confidence[row]! - excess * sites[row]! ? guess : 1 - guess,
  );
  const probabilities = new Float32Array(2 * n);
  predicted.forEach((guess, row) => {
    probabilities[2 * row + guess] = confidence[row]!;
    probabilities[2 * row + 1 - guess] = 1 - confidence[row]!;
  });
  return {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splitCodes: new Uint8Array(n),
    splits: ['validation'],
    labels,
    predicted,
    probabilities,
    losses: new Float32Array(n).fill(1),
    history: [],
    spaces: [],
    metadata: [
      { name: 'site', type: 'category', categories: ['main', 'annex'], codes: sites },
      { name: 'age', type: 'number', values: Float64Array.from(sites, random) },
    ],
  };
}

async function search(population: Population, seed = 0): Promise<KindReport> {
  const [outcome] = await runInsights(population, defaultRecipe(['miscalibrated'], seed));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

describe('miscalibrated groups', () => {
  it('are found where the model is too sure, with their gap', async () => {
    const { findings } = await search(createPopulation(4000, 1, 0.2));
    const [first] = findings;
    expect(first).toMatchObject({
      subkind: 'too sure',
      membership: { all: [{ on: 'metadata', name: 'site', oneOf: ['annex'] }] },
    });
    const { low, high } = first!.effect!.interval;
    expect([low < 0.2, high > 0.2]).toEqual([true, true]);
    expect(first!.sentence).toMatch(
      /^Samples with site annex: \d+ of [\d,]+ samples, 8[\d.]+% sure and [56][\d.]+% right/,
    );
  });

  it('are found where the model is too unsure', async () => {
    const { findings } = await search(createPopulation(4000, 2, -0.15));
    expect(findings[0]?.subkind).toBe('too unsure');
  });

  it('are not found in calibrated answers', async () => {
    // At most one population in ten has a finding: q is 0.1.
    let populations = 0;
    for (let seed = 0; seed < 40; seed++)
      populations += Number((await search(createPopulation(800, seed, 0), seed)).findings.length > 0);
    expect(populations).toBeLessThan(6);
  });

  it('have wider intervals where they are selected of more groups', async () => {
    const population = createPopulation(4000, 1, 0.2);
    const random = seededRandom(7);
    const noise = Array.from({ length: 20 }, (_, at) => ({
      name: `noise ${at}`,
      type: 'number' as const,
      values: Float64Array.from({ length: population.n }, random),
    }));
    const measure = async (metadata: Population['metadata']): Promise<{ tried: number; width: number }> => {
      const { findings, tried } = await search({ ...population, metadata });
      const { low, high } = findings[0]!.effect!.interval;
      return { tried, width: high - low };
    };
    const few = await measure(population.metadata);
    const many = await measure([...population.metadata, ...noise]);
    expect(many.tried).toBeGreaterThan(few.tried + 2);
    expect(many.width).toBeGreaterThan(1.1 * few.width);
  });

  it('have no samples without a prediction', async () => {
    const population = createPopulation(2000, 5, 0);
    const [site] = population.metadata;
    const isAnnex = (row: number): boolean => site?.type === 'category' && site.codes[row] === 1;
    const predicted = population.predicted!.map((guess, row) => (isAnnex(row) ? -1 : guess));
    expect((await search({ ...population, predicted })).findings).toEqual([]);
  });

  it('are nowhere in tiny data and in data with NaN', async () => {
    expect((await search(createPopulation(2, 1, 0.3))).findings).toEqual([]);
    const training = { ...createPopulation(2, 1, 0.3), splits: ['training'] as const };
    expect((await search(training)).remarks).toEqual([
      expect.stringMatching(/training samples count here\.$/),
    ]);
    const broken = createPopulation(300, 1, 0.3);
    broken.probabilities!.fill(NaN);
    expect((await search(broken)).findings).toEqual([]);
  });
});
