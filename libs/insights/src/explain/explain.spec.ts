import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { MetadataColumn, Population } from '../population/population.js';
import { Explainer, explainMembers } from './explain-members.js';

const N = 4000;
const CLASSES = 4;

/** Labels at random, `site` follows the label, `ink` and `camera` are random, a unit per label and noise. */
function build(seed: number, nulls = 0): Population & { readonly labels: Int32Array } {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: N }, () => Math.floor(random() * CLASSES));
  const category = (name: string, draw: (row: number) => number): MetadataColumn => ({
    name,
    type: 'category',
    categories: ['a', 'b', 'c', 'd', 'e'],
    codes: Int32Array.from({ length: N }, (_, row) => draw(row)),
  });
  const number = (name: string): MetadataColumn => ({
    name,
    type: 'number',
    values: Float64Array.from({ length: N }, () => (random() < 0.05 ? NaN : random())),
  });
  const units = 20;
  return {
    n: N,
    task: 'multi-class',
    classNames: ['cat', 'dog', 'owl', 'pig'],
    splitCodes: new Uint8Array(N),
    splits: ['validation'],
    labels,
    history: [],
    spaces: [],
    units: {
      layers: [{ name: 'conv', units }],
      values: Float32Array.from({ length: N * units }, (_, at) =>
        at < N ? labels[at]! + random() : random(),
      ),
    },
    metadata: [
      category('site', (row) => (random() < 0.8 ? labels[row]! : 4)),
      category('camera', () => Math.floor(random() * 6) - 1),
      number('ink'),
      ...Array.from({ length: nulls }, (_, at) => number(`null ${at}`)),
    ],
  };
}

const draw = (probability: (row: number) => number, seed = 9): Uint8Array => {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: N }, (_, row) => Number(random() < probability(row)));
};

describe('explanations', () => {
  const population = build(1);
  const camera = population.metadata[1]! as Extract<MetadataColumn, { type: 'category' }>;

  it('rank a cause first, with its value inside and outside', () => {
    const mask = draw((row) => (camera.codes[row] === 2 ? 0.3 : 0.02));
    const [first] = explainMembers(mask, population);
    const members = [...mask.keys()].filter((row) => mask[row] === 1);
    const count = members.filter((row) => camera.codes[row] === 2).length;
    expect(first).toMatchObject({
      source: 'metadata',
      name: 'camera',
      value: 'c',
      inside: count / members.length,
      insideCount: count,
    });
    expect(first!.outside).toBeCloseTo(0.125, 1);
    expect(first!.qValue).toBeLessThan(1e-6);
    expect(first!.information).toBeGreaterThan(0.05);
  });

  it('name the label, but no column that only follows it', () => {
    const mask = draw((row) => (population.labels[row] === 3 ? 0.4 : 0.01));
    expect(explainMembers(mask, population).map(({ source, value }) => `${source} ${value}`)).toEqual([
      'label pig',
    ]);
  });

  it('name missing values, ranges and units', () => {
    const ink = population.metadata[2]! as Extract<MetadataColumn, { type: 'number' }>;
    const missing = draw((row) => (camera.codes[row] === -1 ? 0.3 : 0.02));
    expect(explainMembers(missing, population)[0]).toMatchObject({
      name: 'camera',
      value: 'missing or rare',
    });
    const dim = draw((row) => (ink.values[row]! < 0.2 ? 0.3 : 0.02));
    expect(explainMembers(dim, population)[0]).toMatchObject({
      name: 'ink',
      value: expect.stringMatching(/^≤ 0\.[12]/),
    });
    const unit = draw((row) => (population.units!.values[3 * N + row]! > 0.9 ? 0.3 : 0.02));
    expect(explainMembers(unit, population)[0]).toMatchObject({
      source: 'unit',
      name: 'conv:3',
      value: expect.stringMatching(/^> 0\.[89]/),
    });
    expect(explainMembers(unit, population, { without: ['unit conv:3'] })).toEqual([]);
  });

  it('are the same for the same seed and empty where there is nothing to compare', () => {
    const mask = draw((row) => (camera.codes[row] === 2 ? 0.1 : 0.05));
    const explainer = new Explainer(population, { seed: 4 });
    expect(explainer.explain(mask)).toEqual(explainMembers(mask, population, { seed: 4 }));
    for (const one of [new Uint8Array(N), new Uint8Array(N).fill(1), draw((row) => Number(row < 9))])
      expect(explainer.explain(one)).toEqual([]);
    const { labels: _, units: __, ...bare } = population;
    expect(explainMembers(mask, { ...bare, metadata: [] })).toEqual([]);
  });
});

it('random columns are an explanation in at most one membership of ten', () => {
  const population = build(2, 20);
  const explainer = new Explainer(population);
  let wrong = 0;
  for (let seed = 0; seed < 40; seed++) {
    // Members are 1 % to 40 % of class dog and 2 % of the others.
    const mask = draw((row) => (population.labels[row] === 1 ? 0.01 * (seed + 1) : 0.02), seed);
    wrong += Number(explainer.explain(mask).some(({ source }) => source !== 'label'));
  }
  // 4 are expected at most; 11 have a chance below 0.001.
  expect(wrong).toBeLessThan(11);
});
