import { Explainer, type Explanation, type MetadataColumn, type Population } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, InsightBench } from './insight.bench.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource, SOURCE_KEYS } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

const MAX_ROWS = 10_000;
const SHUFFLED = 20;
/** Rate of members with the planted value, and without it. */
const [HIGH, LOW] = [0.4, 0.05];

/** Memberships that a metadata field causes, among fields that follow the class, real measures and shuffled fields. */
export const explainBench: InsightBench = {
  key: 'explain',
  title: 'What members have in common',
  async run(print, options) {
    const outcome = { planted: 0, first: 0, shuffled: 0, wrong: 0, memberships: 0, misled: 0 };
    const causes = new Map<string, [first: number, all: number]>();
    for (const key of SOURCE_KEYS) {
      const whole = readSource(key);
      const source = pickRows(whole, [...Array(Math.min(whole.n, MAX_ROWS)).keys()]);
      const population = await trainPopulation(source, {
        epochs: 5,
        seed: 1,
        threads: options.threads,
      });
      const metadata = addFields(source, options.seed);
      const explainer = new Explainer({ ...population, metadata }, { seed: options.seed });
      for (let trial = 0; trial < (options.quick ? 3 : 20); trial++) {
        const random = seededRandom(options.seed, trial, source.n);
        const cause = metadata[1 + (trial % 5)]!;
        const mask = plant(cause, random);
        const explanations = explainer.explain(mask);
        const own = causes.get(cause.name) ?? [0, 0];
        const isFirst = explanations[0]?.name === cause.name;
        causes.set(cause.name, [own[0] + Number(isFirst), own[1] + 1]);
        outcome.planted++;
        if (isFirst) outcome.first++;
        // A membership that depends on the class alone.
        const rates = population.classNames.map(() => 0.3 * random());
        const byClass = Uint8Array.from(population.labels!, (label) => Number(random() < rates[label]!));
        const misled = explainer.explain(byClass).filter(({ source: kind }) => kind !== 'label');
        outcome.memberships++;
        if (misled.length > 0) outcome.misled++;
        for (const found of [explanations, misled]) {
          outcome.shuffled += SHUFFLED;
          outcome.wrong += countShuffled(found, cause.name);
        }
      }
      print(`${key}: ${outcome.first} of ${outcome.planted} causes first so far`);
    }
    return [
      judgeShare('planted cause first, all sources', outcome.first, outcome.planted, { atLeast: 0.95 }),
      ...[...causes].map(([name, [first, all]]) =>
        judgeShare(`planted cause first, field "${name}"`, first, all),
      ),
      judgeShare('shuffled fields that are reported', outcome.wrong, outcome.shuffled, { atMost: 0.05 }),
      judgeShare(
        'membership by class alone: anything but the class reported',
        outcome.misled,
        outcome.memberships,
        {
          atMost: 0.1,
        },
      ),
      ...measureTime(options),
    ];
  },
};

const countShuffled = (found: readonly Explanation[], cause: string): number =>
  found.filter(({ name }) => name.startsWith('shuffled') && name !== cause).length;

/** A field that follows the class, two measures of the inputs, and shuffled fields. */
function addFields(source: Source, seed: number): MetadataColumn[] {
  const { n, inputs, labels, classNames } = source;
  const size = inputs.length / n;
  const random = seededRandom(seed, n);
  const number = (name: string, measure: (row: number) => number): MetadataColumn => ({
    name,
    type: 'number',
    values: Float64Array.from({ length: n }, (_, row) => measure(row)),
  });
  const mean = (row: number): number =>
    inputs.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0) / size;
  const follower: MetadataColumn = {
    name: 'follows the class',
    type: 'category',
    categories: [...classNames, 'other'],
    codes: labels.map((label) => (random() < 0.8 ? label : classNames.length)),
  };
  const shuffled = Array.from({ length: SHUFFLED + 2 }, (_, at): MetadataColumn => {
    const name = `shuffled ${at}`;
    if (at % 2 === 0) return number(name, random);
    const codes = Int32Array.from(permutation(n, random), (row) => row % 5);
    return { name, type: 'category', categories: ['a', 'b', 'c', 'd', 'e'], codes };
  });
  const spread = (row: number): number => {
    const own = mean(row);
    const squares = inputs
      .subarray(row * size, (row + 1) * size)
      .reduce((sum, value) => sum + (value - own) ** 2, 0);
    return Math.sqrt(squares / size);
  };
  return [follower, number('mean', mean), number('spread', spread), halfMissing(source, random), ...shuffled];
}

/** A field that is missing for half of the rows. */
function halfMissing({ n }: Source, random: () => number): MetadataColumn {
  const codes = Int32Array.from({ length: n }, () => (random() < 0.5 ? -1 : Math.floor(random() * 3)));
  return { name: 'half missing', type: 'category', categories: ['x', 'y', 'z'], codes };
}

/** Members are frequent at one value, or in one fifth of a column of numbers. */
function plant(column: MetadataColumn, random: () => number): Uint8Array {
  if (column.type === 'category') {
    const wanted = Math.floor(random() * column.categories.length);
    return Uint8Array.from(column.codes, (code) => Number(random() < (code === wanted ? HIGH : LOW)));
  }
  const rising = column.values.toSorted();
  const from = Math.floor(random() * 0.8 * rising.length);
  const [low, high] = [rising[from]!, rising[Math.floor(from + 0.2 * rising.length)]!];
  return Uint8Array.from(column.values, (value) =>
    Number(random() < (value >= low && value < high ? HIGH : LOW)),
  );
}

/** Processor seconds of 70,000 samples with 100 fields and 234 units: the bins, then one membership. */
function measureTime({ seed }: BenchOptions) {
  const [n, fields, units] = [70_000, 100, 234];
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: n }, () => Math.floor(random() * 10));
  const population: Population = {
    n,
    task: 'multi-class',
    classNames: [...'0123456789'],
    splitCodes: new Uint8Array(n),
    splits: ['validation'],
    labels,
    history: [],
    spaces: [],
    units: {
      layers: [{ name: 'layer', units, positions: 1 }],
      values: Float32Array.from({ length: n * units }, random),
    },
    metadata: Array.from({ length: fields }, (_, at) => ({
      name: `field ${at}`,
      type: 'number',
      values: Float64Array.from({ length: n }, random),
    })),
  };
  const mask = labels.map((label) => Number(label === 3 && random() < 0.3));
  const started = process.cpuUsage();
  const explainer = new Explainer(population, { seed });
  const bins = process.cpuUsage(started);
  explainer.explain(Uint8Array.from(mask));
  const both = process.cpuUsage(started);
  const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;
  const size = '70,000 samples, 100 fields, 234 units';
  return [
    judgeValue(`bins of ${size}, once`, seconds(bins), 's of processor time'),
    judgeValue(`one membership of ${size}`, seconds(both) - seconds(bins), 's of processor time'),
  ];
}
