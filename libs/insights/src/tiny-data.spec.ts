import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import { insightKinds } from './kinds/kind.registry.js';
import type { EpochRecord, MetadataColumn, Population, Space } from './population/population.js';
import { defaultRecipe } from './recipe.js';
import { type KindOutcome, runInsights } from './run-insights.js';

const SIDE = 4;

/** A population with every column that a kind may need; `value` gives all numbers. */
function fill(n: number, classes: number, value: (row: number, at: number) => number): Population {
  const labels = Int32Array.from({ length: n }, (_, row) => row % classes);
  const predicted = labels.map((label, row) => (row % 5 === 0 ? (label + 1) % classes : label));
  const losses = Float32Array.from({ length: n }, (_, row) => Math.abs(value(row, 0)));
  const matrix = (width: number) =>
    Float32Array.from({ length: n * width }, (_, i) => value(Math.floor(i / width), i % width));
  const space = (key: string, depth: number | undefined): Space => ({
    key,
    title: key,
    depth,
    width: 3,
    values: matrix(3),
  });
  const history = [1, 2, 3].map((epoch): EpochRecord => ({ epoch, losses, predicted, margins: losses }));
  return {
    n,
    task: 'multi-class',
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    splitCodes: Uint8Array.from({ length: n }, (_, row) => row % 2),
    splits: ['training', 'validation'],
    labels,
    predicted,
    probabilities: new Float32Array(n * classes).fill(1 / classes),
    losses,
    history,
    spaces: [space('vectors', undefined), space('depth-1', 0), space('depth-2', 1)],
    units: {
      layers: [
        { name: 'conv', units: 2 },
        { name: 'dense', units: 2 },
      ],
      values: matrix(4),
    },
    metadata: [
      { name: 'site', type: 'category', categories: ['a', 'b'], codes: labels.map((_, row) => row % 2) },
      { name: 'age', type: 'number', values: Float64Array.from(losses) },
    ],
    inputs: {
      kind: 'image',
      shape: [SIDE, SIDE, 1],
      read: (rows) =>
        Promise.resolve(
          Float32Array.from({ length: rows.length * SIDE * SIDE }, (_, i) =>
            value(rows[Math.floor(i / SIDE ** 2)]!, i % SIDE ** 2),
          ),
        ),
    },
  };
}

const random = (): Population => {
  const draw = seededRandom(5);
  const numbers = Float32Array.from({ length: 120 * 16 }, draw);
  return fill(120, 3, (row, at) => numbers[row * 16 + at]!);
};
const withInputs = (population: Population, kind: 'text' | 'series' | 'table', shape: number[]) => ({
  ...population,
  inputs: { ...population.inputs!, kind, shape },
});
const missing = ({ n, metadata }: Population): MetadataColumn[] =>
  metadata.map((column) =>
    column.type === 'category'
      ? { ...column, codes: new Int32Array(n).fill(-1) }
      : { ...column, values: new Float64Array(n).fill(NaN) },
  );

const CASES: readonly (readonly [string, () => Population])[] = [
  ['no samples', () => fill(0, 2, () => 0)],
  ['one sample', () => fill(1, 2, () => 1)],
  ['two samples', () => fill(2, 2, (row, at) => row + at)],
  ['two equal samples', () => fill(2, 1, () => 1)],
  ['three samples', () => fill(3, 2, (row, at) => row * at)],
  ['ten samples', () => fill(10, 2, (row, at) => Math.sin(row + at))],
  ['one class', () => fill(120, 1, (row, at) => Math.sin(row * (at + 1)))],
  ['equal samples', () => fill(120, 3, () => 1)],
  ['samples of zeros', () => fill(120, 3, () => 0)],
  ['as many classes as samples', () => fill(60, 60, (row, at) => Math.sin(row * (at + 1)))],
  ['numbers that are all NaN', () => fill(120, 3, () => NaN)],
  ['numbers that are all infinite', () => fill(120, 3, () => Infinity)],
  ['NaN in every third sample', () => fill(120, 3, (row, at) => (row % 3 === 0 ? NaN : row * at))],
  ['huge numbers', () => fill(120, 3, (row, at) => 3e38 * Math.sin(row + at))],
  ['losses of NaN', () => ({ ...random(), losses: new Float32Array(120).fill(NaN) })],
  ['probabilities of NaN', () => ({ ...random(), probabilities: new Float32Array(360).fill(NaN) })],
  ['no labels', () => ({ ...random(), labels: undefined })],
  ['missing labels', () => ({ ...random(), labels: new Int32Array(120).fill(-1) })],
  ['missing predictions', () => ({ ...random(), predicted: new Int32Array(120).fill(-1) })],
  ['missing metadata', () => ({ ...random(), metadata: missing(random()) })],
  ['no metadata', () => ({ ...random(), metadata: [] })],
  ['no spaces', () => ({ ...random(), spaces: [] })],
  ['no columns at all', () => ({ ...fill(30, 1, () => 1), ...NOTHING })],
  ['no training samples', () => ({ ...random(), splitCodes: new Uint8Array(120).fill(1) })],
  ['training samples only', () => ({ ...random(), splitCodes: new Uint8Array(120) })],
  ['no splits', () => ({ ...random(), splits: ['training'], splitCodes: new Uint8Array(120) })],
  ['one group', () => ({ ...random(), groupColumn: 'site', metadata: oneGroup() })],
  ['regression', () => ({ ...random(), ...REGRESSION, task: 'regression' })],
  ['an unknown task', () => ({ ...random(), ...REGRESSION, task: undefined })],
  ['texts', () => withInputs(random(), 'text', [16])],
  ['series', () => withInputs(random(), 'series', [16, 1])],
  ['tables', () => withInputs(random(), 'table', [16])],
];

const REGRESSION = { labels: undefined, predicted: undefined, probabilities: undefined, classNames: [] };
const NOTHING = {
  ...REGRESSION,
  losses: undefined,
  history: [],
  spaces: [],
  units: undefined,
  metadata: [],
  inputs: undefined,
};
const oneGroup = (): MetadataColumn[] => [
  { name: 'site', type: 'category', categories: ['a'], codes: new Int32Array(120) },
];

/** Numbers of findings whose meaning their kind does not declare. */
const listUnknownNumbers = (outcome: KindOutcome): string[] =>
  outcome.state === 'done'
    ? outcome.report.findings
        .flatMap(({ numbers }) => Object.keys(numbers))
        .filter((name) => !(name in insightKinds.get(outcome.key).numbers))
    : [];

describe.each(CASES)('%s', (_, create) => {
  it('make no kind fail, and no sentence speak of NaN', async () => {
    const outcomes = await runInsights(create(), defaultRecipe());
    expect(outcomes.map(({ key }) => key)).toEqual(insightKinds.keys());
    expect(outcomes.filter(({ state }) => state === 'failed')).toEqual([]);
    const reports = outcomes.flatMap((one) => (one.state === 'done' ? [one.report] : []));
    const said = reports.flatMap(({ findings, remarks }) => [...findings.map((f) => f.sentence), ...remarks]);
    expect(said.filter((text) => /NaN|undefined|Infinity/.test(text))).toEqual([]);
    expect(outcomes.flatMap(listUnknownNumbers)).toEqual([]);
  });
});
