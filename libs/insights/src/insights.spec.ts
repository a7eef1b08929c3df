import { describe, expect, it } from 'vitest';
import { estimateSimilarity, signMembers } from './finding/identity.js';
import { evaluateMembership, logNormalDensity } from './finding/members.js';
import type { Condition } from './finding/membership.js';
import { severityOfLoss, severityOfMetric, severityOfSamples, weighSeverity } from './finding/severity.js';
import { insightKinds } from './kinds/kind.registry.js';
import { assignHalves, CONFIRM, FIND, NEITHER } from './population/halves.js';
import type { Inputs, Population } from './population/population.js';
import { defaultRecipe, type Recipe } from './recipe.js';
import { createShare, runInsights } from './run-insights.js';

const POPULATION: Population = {
  n: 4,
  task: 'multi-class',
  classNames: ['cat', 'dog'],
  splitCodes: Uint8Array.of(0, 0, 1, 1),
  splits: ['training', 'validation'],
  labels: Int32Array.of(0, 1, 1, -1),
  predicted: Int32Array.of(0, 0, 1, 0),
  losses: Float32Array.of(0.1, 2, 0.2, NaN),
  history: [],
  spaces: [
    {
      key: 'vectors',
      title: 'All layers',
      depth: undefined,
      width: 2,
      values: Float32Array.of(0, 0, 3, 4, 1, 0, 0, 9),
    },
  ],
  units: { layers: [{ name: 'conv', units: 1 }], values: Float32Array.of(0, 1, 2, NaN) },
  metadata: [
    { name: 'ink', type: 'number', values: Float64Array.of(1, 2, NaN, 4) },
    { name: 'site', type: 'category', categories: ['a', 'b'], codes: Int32Array.of(0, 1, -1, 0) },
  ],
};

describe('membership', () => {
  const findRows = (...args: Parameters<typeof evaluateMembership>): number[] =>
    [...evaluateMembership(...args).entries()].filter(([, is]) => is).map(([row]) => row);

  it('is a function of label, prediction, metadata, unit and place; missing values meet no condition', () => {
    const all = (condition: Condition) => findRows({ by: 'conditions', all: [condition] }, POPULATION);
    expect(all({ on: 'label', equals: 1 })).toEqual([1, 2]);
    expect(all({ on: 'label', differsFrom: 1 })).toEqual([0]);
    expect(all({ on: 'correct', equals: false })).toEqual([1]);
    expect(all({ on: 'metadata', name: 'ink', above: 1 })).toEqual([1, 3]);
    expect(all({ on: 'metadata', name: 'site', oneOf: ['a', 'unheard'] })).toEqual([0, 3]);
    expect(all({ on: 'metadata', name: 'site', noneOf: ['a', 'unheard'] })).toEqual([1]);
    expect(all({ on: 'unit', layer: 'conv', unit: 0, atMost: 1 })).toEqual([0, 1]);
    expect(
      findRows({ by: 'ball', space: 'vectors', center: [0, 0], radius: 5, all: [] }, POPULATION),
    ).toEqual([0, 1, 2]);
    expect(
      findRows({ by: 'score', least: 0.5, all: [] }, POPULATION, Float32Array.of(0.5, 0.4, NaN, 1)),
    ).toEqual([0, 3]);
  });

  it('names what the population lacks', () => {
    const of = (name: string) => () =>
      evaluateMembership({ by: 'conditions', all: [{ on: 'metadata', name, oneOf: [] }] }, POPULATION);
    expect(of('age')).toThrow('metadata age');
    expect(of('ink')).toThrow('metadata ink');
  });

  it('has the density of a normal distribution', () => {
    // scipy.stats.multivariate_normal([1, 2], [[4, 0], [0, 0.25]]).logpdf([0, 3])
    expect(logNormalDensity([0, 3], { mean: [1, 2], variance: [4, 0.25] })).toBeCloseTo(
      -3.9628770664093453,
      12,
    );
  });
});

describe('halves', () => {
  const n = 20_000;
  const large: Population = {
    ...POPULATION,
    n,
    splitCodes: new Uint8Array(n).map((_, row) => (row < 10_000 ? 0 : 1)),
    losses: new Float32Array(n),
    metadata: [{ name: 'patient', type: 'number', values: new Float64Array(n).map((_, row) => row >> 2) }],
  };
  const count = (halves: Uint8Array, half: number) =>
    halves.reduce((sum, one) => sum + Number(one === half), 0);

  it('are equal in size, without training samples, and differ by seed', () => {
    const halves = assignHalves(large, 0);
    expect(count(halves, NEITHER)).toBe(10_000);
    // 5 standard deviations of a fair coin
    expect(Math.abs(count(halves, FIND) - 5_000)).toBeLessThan(250);
    const other = assignHalves(large, 1);
    const equal = halves.filter((half, row) => row >= 10_000 && half === other[row]).length;
    expect(Math.abs(equal - 5_000)).toBeLessThan(250);
  });

  it('keep the samples of a group together', () => {
    const halves = assignHalves({ ...large, groupColumn: 'patient' }, 3);
    for (let row = 10_000; row < n; row += 4)
      expect(new Set(halves.subarray(row, row + 4)).size, `patient ${row >> 2}`).toBe(1);
    expect(Math.abs(count(halves, CONFIRM) - 5_000)).toBeLessThan(500);
  });
});

it('signatures estimate the Jaccard similarity of sets', () => {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  // |∩| = 500, |∪| = 1500; the standard error is √(2/9 / 128) = 0.042
  const similarity = estimateSimilarity(signMembers(range(0, 1000)), signMembers(range(500, 1500)));
  expect(Math.abs(similarity - 1 / 3)).toBeLessThan(0.17);
  expect(estimateSimilarity(signMembers(range(0, 9)), signMembers(range(0, 9).reverse()))).toBe(1);
});

it('severity is the share of all loss that a group would give back', () => {
  const group = { members: 50, n: 1000, excess: 2, meanLoss: 0.5 };
  expect(severityOfLoss(group)).toEqual({ share: 0.2, unit: 'loss', level: 3 });
  expect(severityOfLoss({ ...group, excess: -1 })).toEqual({ share: 0, unit: 'loss', level: 1 });
});

it('severities of different units compare by what is large', () => {
  const loss = { share: 0.04, unit: 'loss' } as const;
  expect(weighSeverity(loss)).toBeCloseTo(0.8, 12);
  // A group with more of the loss ranks below a change of the metric that is larger for its unit.
  expect(weighSeverity(severityOfMetric(0.012))).toBeGreaterThan(weighSeverity(loss));
  expect(severityOfSamples(0.01)).toEqual({ share: 0.01, unit: 'samples', level: 2 });
  for (const make of [severityOfMetric, severityOfSamples])
    for (const share of [0.0019, 0.0021, 0.0099, 0.0101, 0.049, 0.051]) {
      const { level, ...severity } = make(share);
      const weight = weighSeverity(severity);
      expect(weight >= 1 ? 3 : weight >= 0.2 ? 2 : 1, `${severity.unit} ${share}`).toBe(level);
    }
});

describe('a run', () => {
  const said = (predicted: number[], epoch: number) => ({
    epoch,
    losses: new Float32Array(4),
    predicted: Int32Array.from(predicted),
  });
  const history = [
    [0, 1, 1, 0],
    [1, 1, 0, 1],
    [0, 1, 1, 0],
    [1, 0, 0, 1],
  ].map((p, at) => said(p, at + 1));

  it('finds samples that were forgotten twice', async () => {
    const predicted = Int32Array.of(1, 0, 0, 1);
    const [outcome] = await runInsights({ ...POPULATION, predicted, history }, defaultRecipe(['forgotten']));
    expect(outcome).toMatchObject({
      state: 'done',
      report: { findings: [{ members: Int32Array.of(0, 2), scores: Float32Array.of(2, 2) }] },
    });
  });

  it.each([
    ['regression', 'numbers (regression)'],
    ['multi-label', 'several classes for one sample (multi-label)'],
    ['per-pixel', 'a class for each pixel or word'],
    ['detection', 'boxes of objects (detection)'],
  ] as const)(
    'skips kinds about classes for a model of the task %s, and names its predictions',
    async (task, what) => {
      const population = { ...POPULATION, task, labels: undefined, predicted: undefined };
      expect(
        await runInsights(population, defaultRecipe(['miscalibrated', 'mislabelled', 'forgotten'])),
      ).toEqual(
        ['miscalibrated', 'mislabelled', 'forgotten'].map((key) => ({
          ...{ key, state: 'skipped' },
          reason: `The kind needs one class for each sample; the model predicts ${what}.`,
        })),
      );
    },
  );

  it('leaves what reads no output to the search of the first output', async () => {
    const recipe = defaultRecipe(['duplicates', 'wasted-capacity', 'low-performance']);
    const states = async (isOfFurtherOutput: boolean) =>
      (await runInsights({ ...POPULATION, isOfFurtherOutput }, recipe)).map((outcome) => [
        outcome.key,
        outcome.state === 'skipped' && outcome.reason.startsWith('The kind reads no output'),
      ]);
    const found = (isLeft: boolean) => [
      ['duplicates', isLeft],
      ['wasted-capacity', isLeft],
      ['low-performance', false],
    ];
    expect(await states(true)).toEqual(found(true));
    expect(await states(false)).toEqual(found(false));
  });

  it('computes a shared result once', async () => {
    const share = createShare();
    let runs = 0;
    const compute = () => Promise.resolve(++runs);
    expect([await share('pairs', compute), await share('pairs', compute)]).toEqual([1, 1]);
    expect(await share('other', compute)).toBe(2);
  });

  it('searches copies once, before halves are drawn, and says how many samples share a group', async () => {
    const n = 400;
    let reads = 0;
    const inputs: Inputs = {
      ...{ kind: 'table', shape: [3] },
      read: (rows) => {
        reads += rows.length;
        // Row 200 + i is equal to row i.
        return Promise.resolve(
          Float32Array.from(
            { length: 3 * rows.length },
            (_, i) => (rows[Math.floor(i / 3)]! % 200) * 3 + (i % 3),
          ),
        );
      },
    };
    const population = {
      ...POPULATION,
      n,
      splitCodes: new Uint8Array(n).fill(1),
      losses: new Float32Array(n).map((_, row) => row % 7),
      labels: new Int32Array(n),
      predicted: new Int32Array(n),
      metadata: [],
      inputs,
    };
    const run = (keys: string[]) => runInsights(population, defaultRecipe(keys));
    await run(['duplicates']);
    const once = reads;
    reads = 0;
    const [slices, copies] = await run(['low-performance', 'duplicates']);
    expect(reads).toBe(once);
    const remark =
      '400 of 400 samples share their group (200 groups by copies): a group is in one half, and its samples count ' +
      'as dependent.';
    expect(slices).toMatchObject({
      state: 'done',
      report: { remarks: expect.arrayContaining([remark]) as unknown },
    });
    expect(copies).toMatchObject({
      state: 'done',
      report: { remarks: [expect.not.stringContaining('half')] },
    });
  });

  it('goes on without groups of copies where their search fails, and reports it', async () => {
    const inputs: Inputs = { kind: 'table', shape: [3], read: () => Promise.reject(new Error('no disk')) };
    const [slices, copies] = await runInsights(
      { ...POPULATION, inputs },
      defaultRecipe(['low-performance', 'duplicates']),
    );
    const remark = expect.stringMatching(/^Copies are no groups here: /) as unknown;
    expect(slices).toMatchObject({
      state: 'done',
      report: { remarks: expect.arrayContaining([remark]) as unknown },
    });
    expect(copies).toMatchObject({ state: 'failed' });
  });

  it('groups by the field of the recipe, which the data must have', async () => {
    const recipe = { ...defaultRecipe(['low-performance']), groupField: 'patient' };
    await expect(runInsights(POPULATION, recipe)).rejects.toThrow(
      'groups samples by the metadata field "patient", which the data do not have; they have: ink, site',
    );
  });

  it('says what is missing', async () => {
    expect(await runInsights(POPULATION, defaultRecipe(['forgotten']))).toEqual([
      { key: 'forgotten', state: 'skipped', reason: 'The data have no evaluations of at least two epochs.' },
    ]);
  });

  it.each<[string, Partial<Recipe>, string]>([
    [
      'an unknown kind',
      { kinds: [{ key: 'luck', version: 1, parameters: {} }] },
      'unknown insight kind "luck"',
    ],
    ['an unknown parameter', toKinds({ often: 2 }), 'forgotten has no parameter "often"; known: times'],
    [
      'a parameter out of range',
      toKinds({ times: 0 }),
      'times of forgotten is 0; it must be an integer from 1',
    ],
    [
      'a parameter of another type',
      toKinds({ times: '2' }),
      'times of forgotten is "2"; it must be an integer',
    ],
    ['a version of the past', toKinds({}, { version: 0 }), 'version 0 of the kind "forgotten"'],
    [
      'a kind twice',
      { kinds: [...toKinds({}).kinds, ...toKinds({}).kinds] },
      'names the kind "forgotten" twice',
    ],
    ['a share of 1', { q: 1 }, 'q of the recipe is 1; it must be a number between 0 and 1'],
    ['a seed that is not an integer', { seed: NaN }, 'seed of the recipe is NaN; it must be an integer'],
  ])('refuses %s before it starts', async (_, change, message) => {
    await expect(runInsights(POPULATION, { ...defaultRecipe(['forgotten']), ...change })).rejects.toThrow(
      message,
    );
  });
});

function toKinds(
  parameters: Recipe['kinds'][number]['parameters'],
  { version }: { readonly version: number } = insightKinds.get('forgotten'),
): Pick<Recipe, 'kinds'> {
  return { kinds: [{ key: 'forgotten', version, parameters }] };
}
