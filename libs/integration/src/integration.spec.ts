import { describe, expect, it } from 'vitest';
import { DomainError } from '@noema/kernel';
import {
  checkIntegration,
  defineIntegration,
  formatReport,
  type Integration,
  type IntegrationDefinition,
  oneHot,
  planPopulation,
  SampleEncoder,
  type Splits,
  tensor,
  type TensorLike,
} from './index.js';
import { toTensor } from './tensor.js';
import { integration as digits } from '../test/fixtures/digits.integration.js';

const catchReason = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.kind} ${error.reason}: ${error.message}`;
    throw error;
  }
  return 'no error';
};
const made = (change: Partial<IntegrationDefinition<undefined>>): Integration =>
  defineIntegration<undefined>({
    name: 'made',
    preprocess: () => ({ training: { length: 10, data: undefined } }),
    inputs: { x: ({ index }) => [index, 1] },
    groundTruths: { y: ({ index }) => oneHot(index % 2, 2) },
    predictions: { labels: ['no', 'yes'] },
    ...change,
  });
const encodeAll = async (integration: Integration): Promise<void> => {
  const population = await planPopulation(integration);
  const encoder = new SampleEncoder(integration);
  for (let row = 0; row < population.size; row++) await encoder.encode(population.sampleAt(row));
};

describe('parts of an integration', () => {
  it.each([
    ['layers', /has no layers; .*export the network as ONNX/],
    ['model', /has no model; bring the network with .noema models import/],
    ['metric', /has no metric; its parts are name, hosts, .*metrics, loss$/],
  ])('are refused by name if there is no part %s', (part, why) => {
    expect(() => made({ [part]: { x: () => 1 } })).toThrow(why);
  });
});

describe('tensors', () => {
  it.each<[TensorLike, number[], string]>([
    [5, [], 'float32'],
    [true, [], 'bool'],
    [Float32Array.of(1, 2), [2], 'float32'],
    [Uint8Array.of(1), [1], 'uint8'],
    [Int32Array.of(1), [1], 'int32'],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [2, 3],
      'float32',
    ],
    [tensor(new Uint8Array(8), [2, 2, 2]), [2, 2, 2], 'uint8'],
    [tensor([1, 2], [1, 2]), [1, 2], 'float32'],
  ])('%j has the shape %j', (value, dims, type) => {
    expect(toTensor(value)).toMatchObject({ dims, type });
  });

  it.each<[unknown, RegExp]>([
    [[[1, 2], [3]], /ragged: 1 entries where the first entry has 2/],
    [[[1], 2], /ragged/],
    [['a'], /the text "a" stands where a number should/],
    [[], /\[0\] holds no number/],
    ['x', /the text "x" is no tensor/],
    [null, /null is no tensor/],
    [undefined, /undefined is no tensor/],
    [{ a: 1 }, /an object with a is no tensor/],
    [{ data: [1, 2], shape: [3] }, /2 numbers do not fill the shape \[3\]/],
    [new BigInt64Array(1), /is no tensor/],
  ])('what is no tensor is refused (%#)', (value, why) => {
    expect(() => toTensor(value)).toThrow(why);
  });

  it('one-hot labels must be inside the classes', () => {
    expect([...oneHot(1, ['a', 'b'])]).toEqual([0, 1]);
    for (const label of [-1, 2, 0.5, NaN])
      expect(() => oneHot(label, 2)).toThrow(/not one of the 2 classes 0 to 1/);
  });
});

describe('definition', () => {
  it.each<[Partial<IntegrationDefinition<undefined>>, RegExp]>([
    [{ inputs: {} }, /no input encoder/],
    [{ inputs: { 'a b': () => 1 } }, /"a b" in inputs is no name/],
    [{ metadata: { x: 3 as never } }, /metadata.x is no function/],
    [{ metadata: { x: () => 3 }, group: 'y' }, /group is "y"; it must be one of the metadata: x/],
    [{ group: 'y' }, /group is "y"; it must be one of the metadata: none/],
    [{ hosts: ['http://x/'] }, /hosts\[0\] is "http:\/\/x\/"; a host is written like/],
    [{ secrets: ['ok', ''] }, /secrets\[1\] is ""/],
    [{ hosts: 'x' as never }, /hosts must be a list/],
    [{ secrets: Array.from({ length: 65 }, (_, i) => `s${i}`) }, /at most 64/],
    [{ predictions: { labels: ['a', 'a'] } }, /"a" occurs twice/],
    [{ predictions: { labels: ['a'], groundTruth: 'z' } }, /"z" does not exist; it must be one of y/],
    [{ groundTruths: { y: () => 1, z: () => 2 } }, /groundTruth is missing; it must be one of y, z/],
    [{ predictions: { labels: [1, 2] as never } }, /class name 0 is 1; give a text/],
    [{ predictions: { labels: [] } }, /labels is empty/],
    [{ preprocess: undefined as never }, /no preprocess/],
    [{ inputs: undefined as never }, /no input encoder/],
    [{ groundTruths: undefined as never }, /no groundTruths/],
  ])('%j is refused', (change, why) => {
    expect(() => made(change)).toThrow(why);
  });
});

it('a definition reports all its faults at once', () => {
  const change = {
    hosts: ['http://x/', 'http://y/'],
    inputs: {},
    metadata: { x: 3 as never },
    predictions: { labels: ['a', 'a', 'b', 'b'], groundTruth: 'z' },
  };
  const attempt = () => made(change);
  expect(attempt).toThrow(/metadata\.x .*no input encoder.*hosts\[0\].*hosts\[1\].*"a" occurs twice/);
  expect(attempt).toThrow(/"a" occurs twice.*"b" occurs twice.*"z" does not exist/);
});

describe('population', () => {
  it('has one row per sample in the order of the splits', async () => {
    const population = await planPopulation(digits);
    expect(population.size).toBe(45);
    expect(
      [0, 39, 40, 42, 43].map((row) => population.sampleAt(row)).map(({ split, id }) => `${split}/${id}`),
    ).toEqual(['training/0', 'training/39', 'validation/a', 'validation/c', 'unlabeled/0']);
    expect(() => population.sampleAt(45)).toThrow(/not one of the 45 rows/);
  });

  it(
    'takes the unlabeled split from a function of its own, asks it for no ground truth, and may be ' +
      'asynchronous',
    async () => {
      const integration = defineIntegration({
        name: 'apart',
        preprocess: async () => Promise.resolve({ training: { length: 2, data: ['a', 'b'] } }),
        unlabeled: async () => Promise.resolve({ length: 1, data: ['c'] }),
        inputs: { x: ({ data, index }) => data[index]!.charCodeAt(0) },
        groundTruths: {
          y: ({ split }) => {
            if (split === 'unlabeled') throw new Error('asked');
            return 1;
          },
        },
      });
      const population = await planPopulation(integration);
      expect(population.splits.map(({ name, firstRow, length }) => [name, firstRow, length])).toEqual([
        ['training', 0, 2],
        ['unlabeled', 2, 1],
      ]);
      expect((await new SampleEncoder(integration).encode(population.sampleAt(2))).inputs[0]!.data[0]).toBe(
        99,
      );
    },
  );

  it.each<[Splits<undefined> | Record<string, unknown>, string]>([
    [{}, 'SPLIT_EMPTY: preprocess: preprocess returned no split'],
    [
      { training: { length: 1, data: undefined }, validation: { length: 0, data: undefined } },
      'SPLIT_EMPTY: preprocess: the split "validation" has no sample',
    ],
    [
      { train: { length: 1, data: undefined } },
      'SPLIT_INVALID: preprocess: "train" is no split; known: training, validation, test, unlabeled',
    ],
    [
      { training: { length: 1.5, data: undefined } },
      'SPLIT_INVALID: preprocess: the split "training" has the length 1.5',
    ],
    [
      { training: { length: 2, ids: ['a'], data: undefined } },
      'SPLIT_INVALID: preprocess: the split "training" has 2 samples but 1 ids',
    ],
    [
      { training: { length: 3, ids: ['a', 'b', 'a'], data: undefined } },
      'SAMPLE_ID_DUPLICATE: preprocess: the samples 0 and 2 of the split "training" have the same id "a"',
    ],
    [
      { training: { length: 1, ids: [''], data: undefined } },
      'SAMPLE_ID_INVALID: preprocess: sample 0 of the split "training" has the id ""',
    ],
    [
      { training: { length: 2, ids: ['a', 'b\0'], data: undefined } },
      'SAMPLE_ID_INVALID: preprocess: sample 1 of the split "training" has the id "b\\u0000"',
    ],
    [
      { training: { length: 2, ids: ['...', '..'], data: undefined } },
      'SAMPLE_ID_INVALID: preprocess: sample 1 of the split "training" has the id ".."',
    ],
    [
      { training: { length: 1, ids: ['a\ud800'], data: undefined } },
      'SAMPLE_ID_INVALID: preprocess: sample 0 of the split "training" has the id "a\\ud800"',
    ],
    [
      { training: { length: 6e6, data: undefined }, test: { length: 5e6, data: undefined } },
      'SPLIT_INVALID: preprocess: the split "test" has 5000000 samples, 11000000 with the splits before it',
    ],
    [
      { training: { length: 1e12, data: undefined } },
      'SPLIT_INVALID: preprocess: the split "training" has 1000000000000 samples',
    ],
  ])('%j is refused', async (splits, expected) => {
    expect(await catchReason(() => planPopulation(made({ preprocess: () => splits })))).toContain(
      `invalid ${expected}`,
    );
  });
});

it('preprocess gets the secrets that it was given, also in a check', async () => {
  const seen: unknown[] = [];
  const secretive = made({
    secrets: ['key'],
    preprocess: ({ secrets }) => {
      seen.push(secrets['key']);
      return { training: { length: 1, data: undefined } };
    },
  });
  await planPopulation(secretive, { secrets: { key: 'one' } });
  await checkIntegration(secretive, { samples: 1, secrets: { key: 'two' } });
  expect(seen).toEqual(['one', 'two']);
});

describe('encoding', () => {
  it('gives everything about a sample', async () => {
    const population = await planPopulation(digits);
    const encoder = new SampleEncoder(digits);
    const sample = await encoder.encode(population.sampleAt(1));
    expect(sample.inputs.map((t) => [t.dims, t.type])).toEqual([
      [[3, 4, 1], 'float32'],
      [[2], 'int32'],
    ]);
    expect([...sample.groundTruths![0]!.data]).toEqual([0, 1, 0]);
    expect(sample.classIndex).toBe(1);
    expect(Object.fromEntries(sample.metadata)).toEqual({
      label: 1,
      even: false,
      'stats.ink': 0.5,
      'stats.source': 'made up',
      'stats.nothing': null,
    });
    expect(sample.visuals.map((v) => v.mediaType)).toEqual([
      'image/png',
      'text/plain; charset=utf-8',
      'application/vnd.noema.series+json',
      'application/vnd.noema.table+json',
    ]);
    expect(Buffer.from(sample.visuals[1]!.bytes).toString()).toBe('sample 1');
    const unlabeled = await encoder.encode(population.sampleAt(43));
    expect(unlabeled).toMatchObject({ groundTruths: undefined, classIndex: -1 });
    expect(encoder.spec()).toEqual({
      inputs: [
        { name: 'image', type: 'float32', dims: [3, 4, 1] },
        { name: 'tokens', type: 'int32', dims: [2] },
      ],
      groundTruths: [{ name: 'digit', type: 'float32', dims: [3] }],
      visualizers: [
        { name: 'image', mediaType: 'image/png' },
        { name: 'note', mediaType: 'text/plain; charset=utf-8' },
        { name: 'curve', mediaType: 'application/vnd.noema.series+json' },
        { name: 'facts', mediaType: 'application/vnd.noema.table+json' },
      ],
    });
  });

  it.each<[string, Partial<IntegrationDefinition<undefined>>, string]>([
    [
      'throws',
      {
        inputs: {
          x: ({ index }) => {
            if (index === 7) throw new TypeError('no file');
            return 1;
          },
        },
      },
      'HANDLER_THREW: input "x" at training sample "7" threw TypeError: no file',
    ],
    [
      'rejects',
      {
        inputs: { x: ({ index }) => (index === 7 ? Promise.reject(new Error('gone')) : Promise.resolve(1)) },
      },
      'HANDLER_THREW: input "x" at training sample "7" threw Error: gone',
    ],
    [
      'changes its shape',
      { inputs: { x: ({ index }) => new Float32Array(index === 7 ? 3 : 2) } },
      'SHAPE_CHANGED: input "x" at training sample "7": the shape is [3], but [2] at the first sample',
    ],
    [
      'returns NaN',
      { inputs: { x: ({ index }) => [1, index === 7 ? NaN : 2] } },
      'NOT_FINITE: input "x" at training sample "7": number 1 of [2] is NaN',
    ],
    [
      'returns Infinity as ground truth',
      { groundTruths: { y: ({ index }) => (index === 7 ? Infinity : 1) } },
      'NOT_FINITE: ground truth "y" at training sample "7"',
    ],
    [
      'returns a one-hot label outside',
      { groundTruths: { y: ({ index }) => oneHot(index === 7 ? 2 : 0, 2) } },
      'LABEL_OUTSIDE_CLASSES: ground truth "y" at training sample "7": the label 2 is not one of the 2 ' +
        'classes',
    ],
    [
      'returns a class number outside',
      { groundTruths: { y: ({ index }) => (index === 7 ? 2 : 0) } },
      'LABEL_OUTSIDE_CLASSES: ground truth "y" at training sample "7": the label is 2',
    ],
    [
      'returns a label of another length',
      { groundTruths: { y: () => [0, 1, 0] } },
      'LABEL_OUTSIDE_CLASSES: ground truth "y" at training sample "0": the label has 3 numbers',
    ],
    [
      'returns no distribution',
      { groundTruths: { y: ({ index }) => (index === 7 ? [1, 1] : [0, 1]) } },
      'LABEL_OUTSIDE_CLASSES: ground truth "y" at training sample "7": the numbers of the label sum to 2',
    ],
    [
      'changes the type of metadata',
      { metadata: { m: ({ index }) => (index === 7 ? 'x' : 1) } },
      'METADATA_TYPE_CHANGED: metadata "m" at training sample "7": "m" is a string, but was a number before',
    ],
    [
      'returns a list as metadata',
      { metadata: { m: () => [1] as never } },
      'METADATA_INVALID: metadata "m" at training sample "0": "m" is a list',
    ],
    [
      'returns text that no database keeps',
      { metadata: { m: ({ index }) => (index === 7 ? 'a\0' : 'b') } },
      'METADATA_INVALID: metadata "m" at training sample "7": "m" is "a\\u0000"',
    ],
    [
      'returns a book as metadata',
      { metadata: { m: () => 'x'.repeat(70_000) } },
      'METADATA_INVALID: metadata "m" at training sample "0": "m" has 70000 characters',
    ],
    [
      'returns pieces that are no texts',
      { visualizers: { v: () => ({ kind: 'tokens', tokens: [1] }) as never } },
      'VISUAL_INVALID: visualizer "v" at training sample "0"',
    ],
    [
      'returns a series of texts',
      { visualizers: { v: () => ({ kind: 'series', series: { a: ['x'] } }) as never } },
      'VISUAL_INVALID: visualizer "v" at training sample "0"',
    ],
    [
      'returns a table of objects',
      { visualizers: { v: () => ({ kind: 'table', columns: ['a'], rows: [[{}]] }) as never } },
      'VISUAL_INVALID: visualizer "v" at training sample "0"',
    ],
    [
      'returns no visual',
      { visualizers: { v: () => undefined as never } },
      'VISUAL_INVALID: visualizer "v" at training sample "0"',
    ],
  ])('an integration that %s is named with handler, split and sample', async (_what, change, expected) => {
    expect(await catchReason(() => encodeAll(made(change)))).toContain(`invalid ${expected}`);
  });
});

it('several labels a sample are taken where the integration declares it, and then name no class', async () => {
  const rows = [
    [1, 0, 1],
    [0, 0, 0],
    [0, 1, 0],
    [0.5, 1, 1],
  ];
  const several = (multiLabel: boolean, bad?: number[]) =>
    made({
      preprocess: () => ({ training: { length: 4, data: undefined } }),
      groundTruths: { y: ({ index }) => (index === 2 && bad) || rows[index]! },
      predictions: { labels: ['a', 'b', 'c'], multiLabel },
    });
  const population = await planPopulation(several(true));
  const encoder = new SampleEncoder(several(true));
  const encoded = await Promise.all(rows.map((_, row) => encoder.encode(population.sampleAt(row))));
  expect(encoded.map(({ classIndex }) => classIndex)).toEqual([-1, -1, -1, -1]);
  expect(await catchReason(() => encodeAll(several(false)))).toMatch(
    /LABEL_OUTSIDE_CLASSES.* sum to 2.*set predictions\.multiLabel to true/,
  );
  expect(await catchReason(() => encodeAll(several(true, [0, 2, 0])))).toMatch(
    /LABEL_OUTSIDE_CLASSES.*number 1 of the label is 2.*give 3 numbers from 0 to 1/,
  );
  expect(await catchReason(() => encodeAll(several(true, [0, 1])))).toMatch(/SHAPE_CHANGED/);
});

it('a population without some of its rows keeps index, id and split of the others', async () => {
  const population = (await planPopulation(digits)).without([0, 2, 40, 41, 42]);
  expect(population.splits.map(({ name, firstRow, length }) => [name, firstRow, length])).toEqual([
    ['training', 0, 38],
    ['unlabeled', 38, 2],
  ]);
  expect(
    [0, 1, 37, 38, 39]
      .map((row) => population.sampleAt(row))
      .map(({ split, id, index }) => [split, id, index]),
  ).toEqual([
    ['training', '1', 1],
    ['training', '3', 3],
    ['training', '39', 39],
    ['unlabeled', '0', 0],
    ['unlabeled', '1', 1],
  ]);
});

it('a single class may be written as a number or one-hot', async () => {
  const label = (y: number | ReturnType<typeof oneHot>) =>
    encodeAll(made({ predictions: { labels: ['only'] }, groundTruths: { y: () => y } }));
  expect(await catchReason(() => label(0))).toBe(await catchReason(() => label(oneHot(0, ['only']))));
  expect(await catchReason(() => label(2))).toContain('LABEL_OUTSIDE_CLASSES');
});

describe('check', () => {
  it('reports type, shape, range and time of every handler', async () => {
    const report = await checkIntegration(digits, { samples: 5 });
    expect(report).toMatchObject({
      passed: true,
      splitCounts: { training: 40, validation: 3, unlabeled: 2 },
      classNames: ['zero', 'one', 'two'],
      summary: 'All 13 handlers work on the 10 samples tried.',
    });
    expect(report.handlers.map((h) => `${h.role} ${h.name}: ${h.returned}, ${h.checked}`)).toEqual([
      'preprocess preprocess: 3 splits, 45 samples, 1',
      'input image: float32[3, 4, 1] from 0 to 0.4141, 10',
      'input tokens: int32[2] from 0 to 32, 10',
      'ground-truth digit: float32[3] from 0 to 1, 8',
      'metadata label: number from 0 to 2, 10',
      'metadata even: boolean, 10',
      'metadata stats: stats.ink number, stats.source string, 10',
      'visualizer image: image/png, 10',
      'visualizer note: text/plain; charset=utf-8, 10',
      'visualizer curve: application/vnd.noema.series+json, 10',
      'visualizer facts: application/vnd.noema.table+json, 10',
      'metric certainty: number from 0.3333 to 0.3333, 8',
      'loss loss: number from 1.099 to 1.099, 8',
    ]);
    expect(report.handlers.every((h) => h.milliseconds >= 0)).toBe(true);
  });

  it('goes on after a fault, reports each once, and counts the samples that show it', async () => {
    const x = ({ index }: { index: number }) => {
      if (index === 3) return NaN;
      throw new Error('always');
    };
    const report = await checkIntegration(
      made({ inputs: { x, z: ({ index }) => (index === 8 ? NaN : 1) } }),
      { samples: Infinity },
    );
    expect(report.passed).toBe(false);
    expect(
      report.handlers.map((h) => [
        h.name,
        h.checked,
        h.faults.map((fault) => [fault.sample!.id, fault.samples]),
      ]),
    ).toEqual([
      ['preprocess', 1, []],
      [
        'x',
        10,
        [
          ['0', 9],
          ['3', 1],
        ],
      ],
      ['z', 10, [['8', 1]]],
      ['y', 10, []],
    ]);
    expect(report.summary).toBe('3 faults in input "x", input "z".');
    expect(formatReport(report)).toMatch(
      /threw Error: always \(.*integration\.spec\.[jt]s:\d+\), and 8 samples more/,
    );
  });

  it('reports every fault of the splits at once', async () => {
    const ids = ['a', 'a', '..', 'b'];
    const report = await checkIntegration(
      made({
        preprocess: () => ({
          training: { length: 5, ids, data: undefined },
          validation: { length: 0, data: undefined },
        }),
      }),
    );
    expect(report.handlers.map((h) => h.faults.map(({ reason, samples }) => [reason, samples]))).toEqual([
      [
        ['SPLIT_INVALID', 0],
        ['SAMPLE_ID_DUPLICATE', 0],
        ['SAMPLE_ID_INVALID', 0],
        ['SPLIT_EMPTY', 0],
      ],
    ]);
  });

  it.each<[string, number | null | Record<string, number | null>]>([
    ['NaN', NaN],
    ['null', null],
    ['an object of nulls', { a: null, b: NaN }],
  ])('does not pass metadata that is %s for every sample', async (_, value) => {
    const report = await checkIntegration(made({ metadata: { bad: () => value } }), { samples: Infinity });
    expect(report.passed).toBe(false);
    expect(report.handlers.find(({ name }) => name === 'bad')!.faults).toMatchObject([
      {
        reason: 'METADATA_EMPTY',
        message: expect.stringMatching(/metadata "bad" has no value for any of 10 samples/) as string,
      },
    ]);
  });

  it.each<[string, number[], number[]]>([
    ['objects gives a grid of cells', [0.25, 0, 0.5, 1, 1, 0, 0, 0, 0, -1], [1, 2, 7]],
    ['masks gives classes at every position', [0, 1, 1, 0, 0, 0, 1, 1, 0, 0], [2, 5, 2]],
  ])('of metrics whose ground truth are %s', async (_, truth, dims) => {
    const seen: (readonly number[])[] = [];
    const report = await checkIntegration(
      made({
        groundTruths: { y: () => tensor(truth, [2, 5]) },
        metrics: { count: ({ prediction }) => seen.push(prediction.dims) },
      }),
      { samples: 1 },
    );
    expect([report.passed, seen]).toEqual([true, [dims]]);
  });

  it('passes metadata that some samples have', async () => {
    expect(
      (
        await checkIntegration(made({ metadata: { some: ({ index }) => (index === 0 ? 1 : NaN) } }), {
          samples: Infinity,
        })
      ).passed,
    ).toBe(true);
  });

  it('reports a preprocess that fails', async () => {
    const report = await checkIntegration(
      made({
        preprocess: () => {
          throw new Error('no network');
        },
      }),
    );
    expect(report).toMatchObject({
      passed: false,
      handlers: [{ role: 'preprocess', faults: [{ reason: 'HANDLER_THREW' }] }],
    });
  });
});
