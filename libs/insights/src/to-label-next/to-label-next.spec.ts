import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Finding, KindReport } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { chooseDiverse } from './choose-diverse.js';

const WIDTH = 4;

/** Clusters far from each other; `known` says which samples have a label. Losses are high in the last cluster. */
function plant(n: number, clusters: number, known: (cluster: number, row: number) => boolean) {
  const random = seededRandom(5);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centers = Array.from({ length: clusters * WIDTH }, () => 12 * normal());
  const cluster = Int32Array.from({ length: n }, (_, row) => row % clusters);
  const values = Float32Array.from(
    { length: n * WIDTH },
    (_, i) => centers[cluster[Math.floor(i / WIDTH)]! * WIDTH + (i % WIDTH)]! + normal(),
  );
  const labels = cluster.map((own, row) => (known(own, row) ? own % 2 : -1));
  const losses = Float32Array.from(cluster, (own, row) =>
    labels[row] === -1 ? NaN : (own === clusters - 1 ? 2 : 0.2) + 0.1 * random(),
  );
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splitCodes: labels.map((label) => (label === -1 ? 1 : 0)) as unknown as Uint8Array,
    splits: ['validation', 'unlabeled'],
    labels,
    losses,
    probabilities: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? 0.6 : 0.4)),
    history: [],
    spaces: [{ key: 'vectors', title: 'All layers', depth: undefined, width: WIDTH, values }],
    metadata: [],
  };
  return { population: { ...population, splitCodes: Uint8Array.from(population.splitCodes) }, cluster };
}

async function search(population: Population, count = 10): Promise<KindReport> {
  const recipe = defaultRecipe(['to-label-next']);
  const kinds = recipe.kinds.map((kind) => ({ ...kind, parameters: { count } }));
  const [outcome] = await runInsights(population, { ...recipe, kinds });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

const listChosen = ({ members, tables }: Finding): number[] =>
  [...members].filter((_, at) => tables['batch']!['part']![at] === 'chosen');

describe('samples to label next', () => {
  it('are unlabelled and typical of groups without labels where labels are few, and a fifth is random', async () => {
    const { population, cluster } = plant(400, 8, (own, row) => own < 3 && row < 24);
    const [finding] = (await search(population)).findings;
    expect(finding).toMatchObject({ subkind: 'typical', state: 'hint', numbers: { chosen: 8, random: 2 } });
    expect(finding!.members).toHaveLength(10);
    expect(new Set(finding!.members).size).toBe(10);
    expect([...finding!.members].every((row) => population.labels![row] === -1)).toBe(true);
    const covered = new Set(listChosen(finding!).map((row) => cluster[row]));
    for (const own of [3, 4, 5, 6, 7]) expect(covered).toContain(own);
    expect(finding!.sentence).toMatch(
      /^10 of \d+ unlabeled samples to label next: 8 typical .*, 2 at random\.$/,
    );
  });

  it('are typical of all groups where no sample has a label, and of those without a loss in a regression', async () => {
    const { population, cluster } = plant(400, 8, (own) => own < 3);
    const unlabeled = { ...population, labels: undefined, probabilities: undefined };
    const bare = { ...unlabeled, losses: undefined, task: undefined };
    const [first] = (await search(bare)).findings;
    expect(new Set(listChosen(first!).map((row) => cluster[row])).size).toBe(8);
    const [second] = (await search({ ...unlabeled, task: 'regression', classNames: [] })).findings;
    expect(new Set(listChosen(second!).map((row) => cluster[row]))).toEqual(new Set([3, 4, 5, 6, 7]));
  });

  it('are where the losses of similar samples are high, with their rank correlation on other samples', async () => {
    const { population, cluster } = plant(1200, 4, (_, row) => row % 8 < 4);
    const [finding] = (await search(population, 50)).findings;
    expect(finding!.subkind).toBe('uncertain');
    // One of four clusters has high losses.
    const hard = listChosen(finding!).filter((row) => cluster[row] === 3).length;
    expect(hard / 40).toBeGreaterThan(0.5);
    // Ranks inside of a cluster are noise: between-cluster ties bound the correlation near 0.65.
    expect(finding!.numbers['spearman']).toBeGreaterThan(0.4);
    expect(finding!.numbers['spearmanCount']).toBe(200);
    const members = [...finding!.members];
    const predicted = members.map((_, at) => finding!.scores![at]!);
    members.forEach((row, at) => {
      expect(Math.abs(predicted[at]! - (cluster[row] === 3 ? 2.05 : 0.25))).toBeLessThan(0.1);
    });
  });

  it('are reported without a predicted loss where too few losses are known', async () => {
    const { population } = plant(100, 4, (_, row) => row < 20);
    const [finding] = (await search(population)).findings;
    expect(finding!.scores).toBeUndefined();
    expect(finding!.remarks.join(' ')).toContain('20 samples have a label and a loss, 60 are needed');
  });

  it('are reported without a correlation where all known losses are equal', async () => {
    const { population } = plant(1200, 4, (_, row) => row % 8 < 4);
    const losses = population.losses!.map((loss) => (Number.isNaN(loss) ? NaN : 1));
    const [finding] = (await search({ ...population, losses })).findings;
    expect(finding!.remarks.join(' ')).toContain(
      'Predicted losses have no rank correlation with true ones (n = 200)',
    );
    expect(finding!.numbers).not.toHaveProperty('spearman');
  });

  it('are chosen among thousands of labelled samples without probabilities, of which some mark groups', async () => {
    const { population } = plant(6200, 31, (own) => own > 0);
    const [finding] = (await search({ ...population, probabilities: undefined })).findings;
    expect(listChosen(finding!)).toHaveLength(8);
    expect(finding!.remarks).toContain(
      '5,000 of 6,000 labeled samples, drawn by the seed, mark groups with a label.',
    );
  });

  it('are all unlabelled samples where these are few, and none where all have labels', async () => {
    const { population } = plant(50, 2, (_, row) => row > 1);
    expect([...(await search(population)).findings[0]!.members].sort()).toEqual([0, 1]);
    const one = plant(50, 2, (_, row) => row > 0).population;
    expect([...(await search(one)).findings[0]!.members]).toEqual([0]);
    const report = await search(plant(50, 2, () => true).population);
    expect(report.findings).toEqual([]);
    expect(report.remarks).toEqual(['All samples have labels: there is nothing to label.']);
  });

  it('have a random part that is drawn before the choice, from all unlabelled samples', async () => {
    const { population } = plant(400, 4, (_, row) => row < 100);
    const drawRandom = async (given: Population): Promise<number[]> => {
      const [finding] = (await search(given, 50)).findings;
      const { row, part } = finding!.tables['batch']!;
      return row!.filter((_, at) => part![at] === 'random').map(Number);
    };
    const random = await drawRandom(population);
    expect(random).toHaveLength(10);
    // Another method chooses other samples, and the random ones stay.
    expect(await drawRandom({ ...population, probabilities: undefined })).toEqual(random);
  });

  it('leave out unlabelled samples without a finite vector by name', async () => {
    const { population } = plant(100, 4, (_, row) => row % 2 === 0);
    const space = population.spaces[0]!;
    const values = space.values.map((value, at) => (Math.floor(at / WIDTH) === 7 ? NaN : value));
    const { findings, remarks } = await search({ ...population, spaces: [{ ...space, values }] }, 100);
    expect(findings[0]!.members).toHaveLength(49);
    expect(findings[0]!.members).not.toContain(7);
    expect(remarks).toEqual([
      '1 unlabeled samples have no finite vector: they are neither chosen nor drawn.',
    ]);
  });

  it('are chosen from equal vectors, and not from vectors that are not finite', async () => {
    const { population } = plant(100, 2, (_, row) => row % 2 === 0);
    const space = population.spaces[0]!;
    const equal = { ...population, spaces: [{ ...space, values: new Float32Array(100 * WIDTH) }] };
    expect((await search(equal)).findings[0]!.members.length).toBe(10);
    const broken = { ...population, spaces: [{ ...space, values: space.values.map(() => NaN) }] };
    expect((await search(broken)).findings).toEqual([]);
  });

  it('are the same for the same seed and for any number of threads', async () => {
    const { population } = plant(1200, 4, (_, row) => row % 8 < 4);
    const recipe = defaultRecipe(['to-label-next'], 7);
    const run = async (threads: number) => {
      const [outcome] = await runInsights(population, recipe, { threads });
      return outcome?.state === 'done' ? outcome.report : outcome;
    };
    expect(await run(2)).toEqual(await run(1));
  });
});

describe('a diverse choice', () => {
  it('follows the distances of explicit gradients', () => {
    const random = seededRandom(3);
    const [n, width, classes] = [40, 3, 3];
    const vectors = Float32Array.from({ length: n * width }, () => random() - 0.5);
    const probabilities = Float32Array.from({ length: n * classes }, () => random());
    for (let row = 0; row < n; row++) {
      const own = probabilities.subarray(row * classes, (row + 1) * classes);
      const sum = own.reduce((a, b) => a + b, 0);
      own.forEach((value, c) => (own[c] = value / sum));
    }
    const gradient = (row: number): number[] => {
      const p = [...probabilities.subarray(row * classes, (row + 1) * classes)];
      const best = p.indexOf(Math.max(...p));
      return p.flatMap((value, c) =>
        [...vectors.subarray(row * width, (row + 1) * width)].map((x) => (value - Number(c === best)) * x),
      );
    };
    const distance = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
    const all = Array.from({ length: n }, (_, row) => gradient(row));
    const input = { vectors, width, probabilities, classes, count: 2, weights: new Float64Array(n).fill(1) };
    // 4,000 draws of the second sample after the first: chances in proportion to the squared distance.
    let [expected, observed, draws] = [0, 0, 0];
    for (let seed = 0; seed < 4000; seed++) {
      const [first, second] = chooseDiverse({ ...input, seed }) as [number, number];
      const near = all.map(
        (one, row) =>
          Math.min(distance(one, all[first]!), distance(one, new Array<number>(one.length).fill(0))) *
          Number(row !== first),
      );
      const total = near.reduce((a, b) => a + b, 0);
      // The upper half of the distances.
      const half = [...near].sort((a, b) => b - a)[n / 2]!;
      expected += near.reduce((sum, value) => sum + (value > half ? value : 0), 0) / total;
      observed += Number(near[second]! > half);
      draws++;
    }
    // 4 standard deviations of a share of 4,000 draws.
    expect(Math.abs(observed - expected) / draws).toBeLessThan(0.032);
  });

  it('takes one of two copies, and nothing where the model is sure of everything', () => {
    const vectors = Float32Array.of(1, 0, 1, 0, 0, 1);
    const probabilities = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    const input = {
      vectors,
      width: 2,
      probabilities,
      classes: 2,
      count: 3,
      weights: Float64Array.of(1, 1, 1),
    };
    for (let seed = 0; seed < 20; seed++) {
      const chosen = chooseDiverse({ ...input, seed });
      expect(chosen.filter((at) => at < 2).length).toBe(1);
      expect(chosen).toContain(2);
    }
    const sure = Float32Array.of(1, 0, 1, 0, 0, 1);
    expect(chooseDiverse({ ...input, probabilities: sure, seed: 0 })).toEqual([]);
  });
});
