import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { KindReport } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { measureNoise } from './confusions.js';
import type { LabelEvidence } from './evidence.js';
import { measurePersistence } from './persistence.js';
import { castVotes } from './votes.js';

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
    const [judged, rows] = [{ classes: Int32Array.of(0, 0, 1) }, Int32Array.of(0, 1, 2)];
    const vote = (isCopy: (row: number, other: number) => boolean): number[][] => {
      const cast = castVotes(graph, rows, judged, { n: 3, isCopy });
      return [0, 1, 2].map((row) => {
        const votes = new Float64Array(2);
        cast(row, votes);
        return [...votes];
      });
    };
    expect(vote(() => false)).toEqual([
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    expect(vote((row, other) => row + other === 2)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
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

  it('are not claimed of equal vectors', async () => {
    const { population } = plant({ n: 100 });
    const space = population.spaces[0]!;
    const equal = { ...space, values: new Float32Array(space.values.length) };
    for (const { state } of (await search({ ...population, spaces: [equal] })).findings)
      expect(state).toBe('hint');
  });

  it('are judged without the samples whose vectors are not finite, which the report names', async () => {
    const { population, flipped } = plant({ n: 400 });
    const space = population.spaces[0]!;
    const breakRows = (...rows: number[]) => ({
      ...space,
      values: space.values.map((value, at) => (rows.includes(Math.floor(at / space.width)) ? NaN : value)),
    });
    const { findings, remarks, tried } = await search({ ...population, spaces: [breakRows(0, 7)] });
    expect(remarks).toContain(
      '2 labels are not judged, because their samples have no finite vector: rows 0, 7.',
    );
    expect(tried).toBe(398);
    const members = [...findings[0]!.members];
    expect(members.filter((row) => flipped[row] === 1).length / members.length).toBeGreaterThan(0.9);
    expect(members).not.toContain(0);
    // In another space these samples have a vector.
    const other = { ...space, key: 'depth-1', title: 'Late', depth: 1 };
    const both = await search({ ...population, spaces: [breakRows(0, 7), other] });
    expect(both.remarks.join(' ')).toContain('2 samples have no finite vector in the space All layers.');
    expect(both.tried).toBe(400);
    const nothing = { ...space, values: space.values.map(() => NaN) };
    expect((await search({ ...population, spaces: [nothing] })).remarks.join(' ')).toContain(
      'No label was judged',
    );
  });

  it('are found among 200 classes by neighbours alone, and the report names it', async () => {
    const [n, classes, width] = [4000, 200, 40];
    const random = seededRandom(8);
    const centers = Float32Array.from({ length: classes * width }, () => 100 * random());
    const truth = Int32Array.from({ length: n }, (_, row) => row % classes);
    const values = Float32Array.from(
      { length: n * width },
      (_, i) => centers[truth[Math.floor(i / width)]! * width + (i % width)]! + random(),
    );
    const labels = truth.map((label, row) => (row % 51 === 0 ? (label + 7) % classes : label));
    const { findings, remarks } = await search({
      ...plant({ n: 2 }).population,
      ...{ n, labels, splitCodes: new Uint8Array(n), classNames: Array.from(truth, String) },
      spaces: [{ key: 'vectors', title: 'All layers', depth: undefined, width, values }],
    });
    expect(remarks.join(' ')).toContain('With 200 classes a probe would see too few samples');
    const top = [...findings[0]!.members.subarray(0, 79)];
    expect(top.filter((row) => row % 51 === 0).length / 79).toBeGreaterThan(0.9);
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
  const rows = Int32Array.from({ length: n }, (_, row) => row);
  const weigh = (isWrong: (row: number) => boolean): LabelEvidence => {
    const strength = (row: number, sign: number): number => (1 + sign * (1 - row / 1000)) / 2;
    return {
      judged: { rows, classes, classCount: 2, labels: Int32Array.of(0, 1), rare: 0 },
      other: classes.map((label) => 1 - label),
      labelShare: Float32Array.from(rows, (row) => strength(row, isWrong(row) ? -1 : 1)),
      otherShare: Float32Array.from(rows, (row) => strength(row, isWrong(row) ? 1 : -1)),
      thirdShare: new Float32Array(n),
      ...{ views: [], remarks: [] },
    };
  };
  const persistence = measurePersistence(weigh((row) => wrong.has(row)));
  // sum(comb(12, i) * .2**i * .8**(12 - i) for i in range(6, 13)) in Python; κ = (0.97 − 0.5) / (1 − 0.5).
  expect(persistence).toMatchObject({ surest: 6, next: 6 });
  expect(persistence.pValue).toBeCloseTo(0.019405279232, 10);
  expect(persistence.kappa).toBeCloseTo(0.94, 12);
  // 100 contradictions, all among the surest: a chance of 0.2 ** 100, which is not 0.
  const { pValue } = measurePersistence(weigh((row) => row < 100));
  expect(pValue / 1.2676506002282244e-70).toBeCloseTo(1, 6);
});

describe('the kind of the errors', () => {
  /** Samples of the first of five classes with the given labels. */
  const measure = (labels: readonly number[], labelShare = 0.005) =>
    measureNoise({
      judged: {
        rows: Int32Array.from(labels.keys()),
        classes: Int32Array.from(labels),
        classCount: 5,
        labels: Int32Array.of(0, 1, 2, 3, 4),
        rare: 0,
      },
      other: new Int32Array(labels.length),
      labelShare: new Float32Array(labels.length).fill(labelShare),
      otherShare: new Float32Array(labels.length).fill(0.95),
      thirdShare: new Float32Array(labels.length).fill(0.03),
      ...{ views: [], remarks: [] },
    });

  it('is random where labels that are ruled out are spread, and a pattern where they are equal', () => {
    expect(measure(Array.from({ length: 40 }, (_, at) => 1 + (at % 4))).randomness).toBe(1);
    expect(measure(new Array<number>(40).fill(3)).randomness).toBe(0);
    // Too few, and labels that are not ruled out.
    expect(measure([1, 2, 3, 4, 1, 2, 3, 4]).randomness).toBe(0);
    const spread = Array.from({ length: 40 }, (_, at) => 1 + (at % 4));
    expect(measure(spread, 0.02).randomness).toBe(0);
  });

  it('weighs a confusion by its share among the clear contradictions, smoothed by five', () => {
    const { frequency } = measure([...new Array<number>(30).fill(3), ...new Array<number>(10).fill(1)]);
    expect(frequency(0, 3)).toBeCloseTo((30 + 5 / 4) / (40 + 5), 12);
    expect(frequency(0, 2)).toBeCloseTo(5 / 4 / 45, 12);
    expect(frequency(4, 2)).toBeCloseTo(1 / 4, 12);
  });
});
