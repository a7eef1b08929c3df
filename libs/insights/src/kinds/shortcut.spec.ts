import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { KindReport } from '../finding/finding.js';
import type { Inputs, MetadataColumn, Population } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { findTie } from '../shortcut/feature.js';
import { readInputs } from '../shortcut/features.js';
import { countTie, type Study } from '../shortcut/study.js';
import { correlate } from '../units/duplicate-units.js';

interface Plan {
  /** Chance that a sample carries the mark. */
  readonly mark: (isClass: boolean, isTraining: boolean) => number;
  /** Whether the model predicts by the mark; otherwise it errs on 5 % at random. */
  readonly relies: boolean;
  readonly seed?: number;
}

/** Two classes, a field `site` that may give the class 1 away, and a unit that detects what the model predicts. */
function toPopulation({ mark, relies, seed = 1 }: Plan, n = 2000): Population {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: n }, () => Number(random() < 0.5));
  const splitCodes = Uint8Array.from({ length: n }, (_, row) => row % 2);
  const codes = labels.map((label, row) => Number(random() < mark(label === 1, splitCodes[row] === 0)));
  const predicted = labels.map((label, row) => {
    if (random() < 0.05 && splitCodes[row] === 1) return 1 - label;
    return relies ? codes[row]! : label;
  });
  const site: MetadataColumn = { name: 'site', type: 'category', categories: ['a', 'b'], codes };
  const noise: MetadataColumn = {
    name: 'noise',
    type: 'number',
    values: Float64Array.from(labels, () => random()),
  };
  const detector = Float32Array.from(predicted, (one) => one + 0.1 * random());
  const values = new Float32Array(n * 3);
  values.set(detector);
  return {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splitCodes,
    splits: ['training', 'validation'],
    labels,
    predicted,
    history: [],
    spaces: [],
    units: {
      layers: [
        { name: 'dense', units: 1 },
        { name: 'classes', units: 2 },
      ],
      values,
    },
    metadata: [site, noise],
  };
}

async function search(population: Population): Promise<KindReport> {
  const [outcome] = await runInsights(population, defaultRecipe(['shortcut']));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

const TIED_IN_TRAINING: Plan['mark'] = (isClass, isTraining) => (isTraining ? (isClass ? 0.95 : 0) : 0.3);

describe('shortcuts', () => {
  it('are fields that give the class away in training and mislead the model on other data', async () => {
    const population = toPopulation({ mark: TIED_IN_TRAINING, relies: true });
    const { findings } = await search(population);
    expect(findings).toMatchObject([
      { state: 'confirmed', subkind: 'metadata', numbers: { label: expect.any(Number) } },
    ]);
    const [{ sentence, members, effect, tables }] = findings as [(typeof findings)[number]];
    expect(sentence).toMatch(/^Shortcut to (?:cat|dog): "site is .*" gives the label away in training/);
    // Where site and class disagree, the model is wrong, but for the 5 % that luck turns.
    expect(effect!.inside).toBeGreaterThan(0.9);
    expect(effect!.outside).toBeLessThan(0.1);
    expect(effect!.interval.low).toBeGreaterThan(0.75);
    expect(members.every((row) => row % 2 === 1)).toBe(true);
    expect(tables['units']).toMatchObject({ unit: ['dense:0'] });
    // Every third training sample measures the tie; the others chose and selected it.
    const { labels, metadata } = population;
    const [site] = metadata.flatMap((column) => (column.type === 'category' ? [column.codes] : []));
    const rows = Int32Array.from({ length: 333 }, (_, at) => 6 * at + 4);
    const [x, y] = [site!, labels!].map((codes) => Float64Array.from(codes));
    expect(findings[0]!.numbers['tie']).toBeCloseTo(Math.abs(correlate(x!, y!, rows)), 12);
  });

  it.each<[string, Plan]>([
    ['the model does not rely on the field', { mark: TIED_IN_TRAINING, relies: false }],
    ['the field does not depend on the class', { mark: () => 0.3, relies: false }],
    ['the tie holds on other data', { mark: (isClass) => (isClass ? 0.95 : 0), relies: true }],
  ])('are not reported where %s', async (_, plan) => {
    for (let seed = 1; seed <= 5; seed++)
      expect((await search(toPopulation({ ...plan, seed }))).findings).toEqual([]);
  });

  it('are not claimed from a few samples, one class or missing values', async () => {
    for (const n of [2, 12])
      expect((await search(toPopulation({ mark: TIED_IN_TRAINING, relies: true }, n))).findings).toEqual([]);
    const population = toPopulation({ mark: TIED_IN_TRAINING, relies: true });
    const missing = {
      ...population,
      metadata: [],
      units: { ...population.units!, values: population.units!.values.map(() => NaN) },
    };
    expect((await search(missing)).findings).toEqual([]);
    expect((await search({ ...population, labels: population.labels!.map(() => 1) })).findings).toEqual([]);
  });
});

it('a tie has the threshold with the largest correlation', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i);
  // 20 of the class, all but one above 19.5: numpy.corrcoef(values > 19.5, labels) = (40·19 − 20·20) / 400
  const labels = Int32Array.from({ length: 40 }, (_, i) => Number(i >= 20));
  labels[25] = 0;
  labels[3] = 1;
  const tie = findTie(
    { source: 'unit', name: 'u', values, describe: String },
    labels,
    2,
    Int32Array.from(values),
  )!;
  expect(tie).toMatchObject({ threshold: 19.5 });
  expect(tie.correlation).toBeCloseTo(0.9, 12);
});

it('a field pulls where other classes with it are predicted as its class', () => {
  const study = {
    labels: Int32Array.of(1, 0, 0, 0, 0, 0),
    predicted: Int32Array.of(0, 1, 2, 0, 1, 0),
    wrong: Uint8Array.of(1, 1, 1, 0, 1, 0),
  } as unknown as Study;
  const values = Float64Array.of(1, 1, 1, 1, 0, 0);
  const count = (source: 'metadata' | 'unit') => {
    const feature = { source, name: 'f', values, describe: String };
    const tie = { feature, threshold: 0.5, isAbove: true, label: 1, correlation: 1 };
    return countTie(study, { tie, side: 'with' }, Int32Array.of(0, 1, 2, 3, 4, 5));
  };
  expect(count('metadata')).toEqual({ disagreeing: 3, agreeing: 2, wrongDisagreeing: 1, wrongAgreeing: 1 });
  // Units are judged by all errors, the sample of the class included.
  expect(count('unit')).toEqual({ disagreeing: 3, agreeing: 3, wrongDisagreeing: 2, wrongAgreeing: 2 });
});

it('a tie needs two classes', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i);
  const feature = { source: 'metadata', name: 'size', values, describe: String } as const;
  expect(findTie(feature, new Int32Array(40), 2, Int32Array.from(values))).toBeUndefined();
});

it('inputs are means over cells, named from 1', async () => {
  const inputs: Inputs = {
    kind: 'image',
    shape: [64, 64, 1],
    read: (rows) => Promise.resolve(Float32Array.from({ length: rows.length * 4096 }, (_, i) => i % 4096)),
  };
  const cells = await readInputs(inputs, Int32Array.of(0, 1));
  expect(cells).toHaveLength(1024);
  // Pixels (2, 4), (2, 5), (3, 4) and (3, 5) of a picture whose numbers count up.
  expect(cells[32 + 2]!.values).toEqual(Float32Array.of(164.5, 164.5));
  expect(cells[32 + 2]!.name).toBe('input in rows 3–4 and columns 5–6');
});
