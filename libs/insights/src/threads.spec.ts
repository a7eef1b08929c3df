import { nearestNeighbors, points } from '@noema/manifold';
import { seededRandom } from '@noema/kernel/random';
import { expect, it } from 'vitest';
import { insightKinds } from './kinds/kind.registry.js';
import type { Population } from './population/population.js';
import { defaultRecipe } from './recipe.js';
import { type KindOutcome, runInsights } from './run-insights.js';

const [N, WIDTH, UNITS, CLASSES] = [450, 10, 10, 3];

/** Three blobs with some wrong labels, a copy, a weak group, a dead unit and a field that follows the class. */
async function createPopulation(): Promise<Population> {
  const random = seededRandom(5);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels = Int32Array.from({ length: N }, (_, row) => row % CLASSES);
  const values = Float32Array.from({ length: N * WIDTH }, (_, i) => {
    const row = Math.floor(i / WIDTH);
    return normal() + (i % WIDTH === row % CLASSES ? 4 : 0);
  });
  values.copyWithin(0, WIDTH * 3, WIDTH * 4);
  const splitCodes = Uint8Array.from({ length: N }, (_, row) => Number(row % 5 > 2));
  const isWeak = (row: number): boolean => row % 9 === 0 && splitCodes[row] === 1;
  const predict = (row: number): number =>
    random() < (isWeak(row) ? 0.8 : 0.05) ? (labels[row]! + 1) % CLASSES : labels[row]!;
  const history = [1, 2, 3, 4, 5].map((epoch) => {
    const predicted = Int32Array.from(labels, (_, row) => predict(row));
    const margins = Float32Array.from(predicted, (one, row) => (one === labels[row] ? 2 : -2) + normal());
    return { epoch, predicted, margins, losses: margins.map((margin) => Math.log1p(Math.exp(-margin))) };
  });
  const { predicted, losses, margins } = history.at(-1)!;
  const probabilities = new Float32Array(N * CLASSES);
  predicted.forEach((one, row) => {
    const top = 1 / (1 + Math.exp(-Math.abs(margins[row]!)));
    for (let c = 0; c < CLASSES; c++)
      probabilities[row * CLASSES + c] = c === one ? top : (1 - top) / (CLASSES - 1);
  });
  const { graph } = await nearestNeighbors(points(values, WIDTH), 15, { threads: 1, seed: 1 });
  const responses = Float32Array.from({ length: UNITS * N }, (_, i) => (i < N ? 0 : Math.max(0, normal())));
  const space = { width: WIDTH, values };
  return {
    n: N,
    task: 'multi-class',
    classNames: ['cat', 'dog', 'fox'],
    splitCodes,
    splits: ['training', 'validation'],
    labels,
    predicted,
    losses,
    probabilities,
    history,
    spaces: [
      { key: 'vectors', title: 'All layers', depth: undefined, ...space },
      { key: 'depth-1', title: 'dense', depth: 0, ...space },
      { key: 'depth-2', title: 'late', depth: 1, ...space },
    ],
    neighbors: graph,
    units: {
      layers: [
        { name: 'dense', units: UNITS - CLASSES, positions: 1 },
        { name: 'classes', units: CLASSES },
      ],
      values: responses,
    },
    metadata: [
      {
        name: 'site',
        type: 'category',
        categories: ['a', 'b', 'c'],
        codes: labels.map((label) => (random() < 0.7 ? label : 0)),
      },
      { name: 'age', type: 'number', values: Float64Array.from(labels, () => Math.floor(80 * random())) },
    ],
    inputs: {
      kind: 'table',
      shape: [WIDTH],
      read: (rows) =>
        Promise.resolve(
          Float32Array.from([...rows].flatMap((row) => [...values.subarray(row * WIDTH, (row + 1) * WIDTH)])),
        ),
    },
  };
}

/** Outcomes as text, every bit of every number included; the clock left out. */
const encode = (outcomes: readonly KindOutcome[]): string[] =>
  outcomes.map((outcome) =>
    JSON.stringify({ ...outcome, seconds: 0 }, (_, value: unknown) =>
      ArrayBuffer.isView(value)
        ? {
            type: value.constructor.name,
            bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'),
          }
        : typeof value === 'number' && !Number.isFinite(value)
          ? String(value)
          : value,
    ),
  );

it('the same recipe gives the same bytes for 1, 2 and 3 threads, for each kind', async () => {
  const population = await createPopulation();
  const runs = await Promise.all(
    [1, 2, 3].map((threads) => runInsights(population, defaultRecipe(undefined, 7), { threads })),
  );
  expect(runs[0]!.filter(({ state }) => state !== 'done')).toEqual([]);
  const undeclared = runs[0]!.flatMap((outcome) =>
    outcome.state === 'done'
      ? outcome.report.findings
          .flatMap(({ numbers }) => Object.keys(numbers))
          .filter((name) => !(name in insightKinds.get(outcome.key).numbers))
      : [],
  );
  expect(undeclared).toEqual([]);
  const [one, ...others] = runs.map(encode);
  for (const other of others)
    for (const [at, key] of insightKinds.keys().entries()) expect(other[at], key).toBe(one![at]);
  // The comparison is about something: several kinds find what is planted.
  const found = runs[0]!.filter((outcome) => outcome.state === 'done' && outcome.report.findings.length > 0);
  expect(found.length).toBeGreaterThan(2);
});

it.each([1, 2])('progress of %d kinds at a time rises to 1, and names each of them', async (kindsAtOnce) => {
  const population = await createPopulation();
  const [shares, titles] = [[0], new Set<string>()];
  await runInsights(population, defaultRecipe(), {
    threads: 2,
    kindsAtOnce,
    progress: (share, title) => {
      shares.push(share);
      titles.add(title);
    },
  });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  for (const kind of insightKinds.values()) expect(titles).toContain(kind.title);
});

it('an abort ends all kinds that run, with its reason', async () => {
  const population = await createPopulation();
  const abort = new AbortController();
  const run = runInsights(population, defaultRecipe(), {
    threads: 2,
    signal: abort.signal,
    progress: (_, title) => {
      if (title === 'Mislabeled') abort.abort(new Error('enough'));
    },
  });
  await expect(run).rejects.toThrow('enough');
});

it('the seed of the recipe changes the halves, and so the bytes', async () => {
  const population = await createPopulation();
  const [a, b] = await Promise.all(
    [7, 8].map((seed) => runInsights(population, defaultRecipe(['low-performance'], seed))),
  );
  expect(encode(a!)).not.toEqual(encode(b!));
});
