import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { KindReport } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { measurePersistence } from './persistence.js';
import { voteByNeighbors } from './votes.js';

interface Planted {
  readonly n?: number;
  readonly classes?: number;
  /** Distance of the class means in standard deviations. */
  readonly distance?: number;
  readonly share?: number;
  readonly seed?: number;
}

/** Gaussian classes in six dimensions, of whose labels a share is changed. */
function plant({ n = 1200, classes = 3, distance = 6, share = 0.05, seed = 0 }: Planted = {}) {
  const random = seededRandom(seed, 77);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const width = 6;
  const truth = Int32Array.from({ length: n }, () => Math.floor(random() * classes));
  const values = new Float32Array(n * width);
  for (let row = 0; row < n; row++)
    for (let i = 0; i < width; i++)
      values[row * width + i] = normal() + (truth[row] === i ? distance / Math.SQRT2 : 0);
  const flipped = Uint8Array.from({ length: n }, () => Number(random() < share));
  const labels = truth.map((label, row) => (label + flipped[row]!) % classes);
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    splitCodes: Uint8Array.from({ length: n }, (_, row) => Number(row % 5 === 0)),
    splits: ['training', 'validation'],
    labels,
    history: [],
    spaces: [{ key: 'vectors', title: 'All layers', depth: undefined, width, values }],
    metadata: [],
  };
  return { population, flipped, truth };
}

async function search(population: Population): Promise<KindReport> {
  const [outcome] = await runInsights(population, defaultRecipe(['mislabelled']));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

describe('mislabelled samples', () => {
  it('are found first, with the label that they had, in training and held-out samples', async () => {
    const { population, flipped, truth } = plant();
    const { findings } = await search(population);
    const [wrong] = findings;
    expect(wrong).toMatchObject({ subkind: '', state: 'confirmed' });
    const count = flipped.reduce((sum, one) => sum + one, 0);
    const top = [...wrong!.members.subarray(0, count)];
    expect(top.filter((row) => flipped[row] === 1).length / count).toBeGreaterThan(0.95);
    const restored = top.filter((row, at) => wrong!.suggestedLabels![at] === truth[row]).length;
    expect(restored / count).toBeGreaterThan(0.95);
    expect(new Set(top.map((row) => population.splitCodes[row]))).toEqual(new Set([0, 1]));
    const { least, most } = wrong!.numbers;
    expect(least).toBeLessThanOrEqual(count);
    expect(most).toBeGreaterThanOrEqual(count);
    expect(wrong!.sentence).toMatch(/^Similar samples contradict \d+ of 1,200 labels .* class \d\.$/);
  });

  it('are found among two classes, and in one class that is rare', async () => {
    const { population, flipped } = plant({ classes: 2, distance: 7 });
    const members = [...(await search(population)).findings[0]!.members];
    const hits = members.filter((row) => flipped[row] === 1).length;
    expect(hits / flipped.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0.9);
    expect(hits / members.length).toBeGreaterThan(0.9);
  });

  it('are rarely claimed of clean classes, whether they overlap or not', async () => {
    let confirmed = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { population } = plant({ n: 600, share: 0, distance: 2 + (seed % 5), seed });
      confirmed += (await search(population)).findings.filter(({ state }) => state === 'confirmed').length;
    }
    expect(confirmed).toBeLessThanOrEqual(1);
  });

  it('are not claimed where labels have nothing to do with the samples', async () => {
    const { population } = plant({ distance: 0, share: 0 });
    for (const { state } of (await search(population)).findings) expect(state).toBe('hint');
  });

  it('are judged by the probabilities of the model where there are no vectors, and the report names it', async () => {
    const { population, flipped, truth } = plant();
    const probabilities = Float32Array.from({ length: population.n * 3 }, (_, i) =>
      truth[Math.floor(i / 3)] === i % 3 ? 0.8 : 0.1,
    );
    const { findings, remarks } = await search({ ...population, spaces: [], probabilities });
    expect([...findings[0]!.members].sort((a, b) => a - b)).toEqual(
      [...flipped.keys()].filter((row) => flipped[row] === 1),
    );
    expect(remarks.join(' ')).toContain('Without perception vectors');
  });

  it('are not judged by copies of themselves', () => {
    const graph = {
      n: 3,
      k: 2,
      indices: Int32Array.of(1, 2, 0, 2, 0, 1),
      distances: Float32Array.of(0, 2, 0, 2, 2, 2),
    };
    const judged = {
      rows: Int32Array.of(0, 1, 2),
      classes: Int32Array.of(0, 0, 1),
      classCount: 2,
      labels: Int32Array.of(4, 7),
      rare: 0,
    };
    expect([...voteByNeighbors(graph, judged, () => false)]).toEqual([0, 1, 0, 1, 1, 0]);
    expect([...voteByNeighbors(graph, judged, (row, other) => row + other === 2)]).toEqual([
      0, 0, 0, 1, 1, 0,
    ]);
  });

  it('leave out rare classes by name, and say that nothing was judged in tiny data', async () => {
    const { population } = plant({ n: 200 });
    const labels = population.labels!.slice();
    labels.set([7, 7, -1]);
    const { remarks, tried } = await search({ ...population, labels });
    expect(remarks.join(' ')).toContain('2 labels of classes with fewer than 5 samples are not judged');
    expect(tried).toBe(197);
    for (const tiny of [
      { ...plant({ n: 2 }).population },
      { ...population, labels: new Int32Array(200) },
      { ...population, spaces: [] },
    ]) {
      const report = await search(tiny);
      expect(report.findings).toEqual([]);
      expect(report.remarks.join(' ')).toContain('No label was judged');
    }
  });

  it('survive equal vectors and vectors that are not finite', async () => {
    const { population } = plant({ n: 100 });
    const space = population.spaces[0]!;
    const equal = { ...space, values: new Float32Array(space.values.length) };
    for (const { state } of (await search({ ...population, spaces: [equal] })).findings)
      expect(state).toBe('hint');
    const broken = { ...space, values: space.values.map((value, at) => (at === 5 ? NaN : value)) };
    expect((await search({ ...population, spaces: [broken] })).remarks.join(' ')).toContain(
      'No label was judged',
    );
  });

  it('are the same for the same seed', async () => {
    const { population } = plant({ n: 300 });
    expect(await search(population)).toEqual(await search(population));
  });
});

it('the chance that contradictions persist is a binomial tail', () => {
  // 400 samples of two classes in order of sureness; 6 contradictions in the first hundred, 6 in the next.
  const n = 400;
  const wrong = new Set([1, 2, 3, 4, 5, 6, 101, 102, 103, 104, 105, 106]);
  const classes = Int32Array.from({ length: n }, (_, row) => Number(row % 2 === 1) ^ Number(wrong.has(row)));
  const probabilities = Float32Array.from({ length: 2 * n }, (_, i) => {
    const row = Math.floor(i / 2);
    const lead = 1 - row / 1000;
    return row % 2 === i % 2 ? (1 + lead) / 2 : (1 - lead) / 2;
  });
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const judged = { rows, classes, classCount: 2, labels: Int32Array.of(0, 1), rare: 0 };
  const scores = Float32Array.from({ length: n }, (_, row) => (wrong.has(row) ? 0.5 : -0.5));
  const ranking = { scores, suggested: classes, ambiguous: new Uint8Array(n) };
  const persistence = measurePersistence({ judged, probabilities, views: [], remarks: [] }, ranking);
  // sum(comb(12, i) * .2**i * .8**(12 - i) for i in range(6, 13)) in Python; κ = (0.97 − 0.5) / (1 − 0.5).
  expect(persistence).toMatchObject({ surest: 6, next: 6 });
  expect(persistence.pValue).toBeCloseTo(0.019405279232, 10);
  expect(persistence.kappa).toBeCloseTo(0.94, 12);
  // 100 contradictions, all among the surest: a chance of 0.2 ** 100, which is not 0.
  const surest = scores.map((_, row) => (row < 100 ? 0.5 : -0.5));
  const { pValue } = measurePersistence(
    { judged, probabilities, views: [], remarks: [] },
    { ...ranking, scores: surest },
  );
  expect(pValue / 1.2676506002282244e-70).toBeCloseTo(1, 6);
});
