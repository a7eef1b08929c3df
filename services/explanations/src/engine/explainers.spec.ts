import { readFileSync } from 'node:fs';
import { Engine } from '@noema/engine';
import { compileLayers } from '@noema/layers';
import { completenessGap } from '@noema/saliency';
import { afterAll, describe, expect, it } from 'vitest';
import { toExplained } from '../explainers/explained.js';
import { explainers } from '../explainers/explainer.registry.js';
import { LayersModel } from './layers.model.js';

interface Case {
  readonly shape: readonly number[];
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly classes: number;
  readonly truth: number;
  readonly input: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly scores: readonly number[];
  readonly emptyScores: readonly number[];
  readonly maps: Readonly<Record<string, readonly number[]>>;
  /** Of tokens: numbers and width of the embedding. */
  readonly table?: readonly [number, number];
}

// Written by bench/reference/saliency.py: numpy alone, gradients by central differences.
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/explainers.json', import.meta.url), 'utf8'),
) as Readonly<Record<'picture' | 'series' | 'tokens', Case>>;
const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
function opened(
  { shape, filters, kernel, classes, weights, input, truth, table }: Case,
  runs: Engine = engine,
) {
  const series = shape[0] === 1;
  const dims = series ? shape.slice(1) : shape;
  const model = compileLayers(
    {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          layer('InputLayer', 'x', { batch_input_shape: [null, ...dims] }),
          ...(table === undefined
            ? []
            : [layer('Embedding', 'embedding', { input_dim: table[0], output_dim: table[1] })]),
          layer(series ? 'Conv1D' : 'Conv2D', 'conv', {
            filters,
            kernel_size: series ? kernel.slice(1) : kernel,
            activation: 'relu',
          }),
          layer('Flatten', 'flatten', {}),
          layer('Dense', 'dense', { units: 7, activation: 'tanh' }),
          layer('Dense', 'out', { units: classes, activation: 'softmax' }),
        ],
      },
    },
    { mode: 'inference' },
  );
  const values = new Map(Object.entries(weights).map(([name, data]) => [name, Float32Array.from(data)]));
  const opened = new LayersModel(runs, model, values, {
    losses: [{ loss: 'categorical_crossentropy' }],
    read: () => Promise.reject(new Error('not asked')),
  });
  const target = Float32Array.from({ length: classes }, (_, i) => (i === truth ? 1 : 0));
  const sample = {
    inputs: new Map([['x', { data: Float32Array.from(input), dims }]]),
    targets: new Map([['target:out', { data: target, dims: [classes] }]]),
  };
  return {
    opened,
    of: toExplained(opened, sample, {
      classes: Array.from({ length: classes }, (_, i) => i),
      layer: 'conv',
      signal: new AbortController().signal,
    }),
  };
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return aa === 0 && bb === 0 ? 1 : ab / Math.sqrt(aa * bb);
}

/** Names of maps in the reference values where they are not the key. */
const NAMES: Readonly<Record<string, string>> = {
  'grad-cam-plus-plus': 'grad-cam++',
  'gradient-times-input': 'gradient-x-input',
};
/** Every explainer of which there are reference values of each class; RISE is random and has its own test. */
const COMPARED = explainers
  .keys()
  .map((key) => [key, NAMES[key] ?? key] as const)
  .filter(([key, name]) => key !== 'rise' && `${name}-0` in reference.picture.maps);

it('compares every explainer that numpy has computed too', () => {
  expect(COMPARED.map(([key]) => key)).toEqual(
    expect.arrayContaining([
      'grad-cam',
      'grad-cam-plus-plus',
      'layer-cam',
      'gradient-times-input',
      'integrated-gradients',
      'occlusion',
    ]),
  );
});

describe.each(['picture', 'series', 'tokens'] as const)('explainers of a %s against numpy', (which) => {
  const one = reference[which];
  const { opened: model, of } = opened(one);

  it('rest on the same scores', async () => {
    const scores = await model.score(of.sample, of.input, of.signal);
    scores.forEach((score, i) => {
      expect(score).toBeCloseTo(one.scores[i]!, 4);
    });
  });

  it.each(COMPARED)('%s: cosine of every class map at least 0.999, and its size', async (key, name) => {
    const made = await explainers.get(key).explain(of);
    expect(made).toHaveLength(one.classes);
    made.forEach(({ map, peak }, c) => {
      const expected = one.maps[`${name}-${c}`]!;
      const values = map.data.map((value) => value * (key === 'grad-cam-plus-plus' ? 1 : peak));
      expect(cosine(values, expected)).toBeGreaterThan(0.999);
      if (key !== 'grad-cam-plus-plus')
        expect(peak / expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1).toBeCloseTo(
          1,
          2,
        );
    });
  });

  it('the loss gradient as well', async () => {
    const [{ map } = { map: { data: new Float32Array() } }] = await explainers
      .get('loss-gradient')
      .explain(of);
    expect(cosine(map.data, one.maps['loss-gradient']!)).toBeGreaterThan(0.999);
  });

  it('integrated gradients are complete to 1 % of the difference of the scores', async () => {
    (await explainers.get('integrated-gradients').explain(of)).forEach(
      ({ map, peak, completenessGap: told }, c) => {
        const gap = completenessGap(
          map.data.map((value) => value * peak),
          one.scores[c]!,
          one.emptyScores[c]!,
        );
        expect(gap).toBeLessThan(0.01);
        // A client computes the gap of the heat map from the values and the peak.
        expect(told).toBeCloseTo(gap, 4);
      },
    );
  });

  it('Grad-CAM of all classes is one run of the model, with one row up to the layer', async () => {
    const runs: (readonly number[])[] = [];
    const counted = {
      run: (...args: Parameters<Engine['run']>) => {
        runs.push(args[1]['x']!.dims);
        return engine.run(...args);
      },
    } as Engine;
    const { of: asked } = opened(one, counted);
    expect(await explainers.get('grad-cam').explain(asked)).toHaveLength(one.classes);
    expect(runs.map(([rows]) => rows)).toEqual([1]);
  });

  // The reference hides nothing between tokens; those have a test of their own below.
  if (which !== 'tokens')
    it('RISE of 1,024 masks is, but for chance, that of 40,000 masks of numpy’s own', async () => {
      (await explainers.get('rise').explain(of)).forEach(({ map }, c) => {
        expect(cosine(map.data, one.maps[`rise-${c}`]!)).toBeGreaterThan(0.9);
      });
    });

  it(
    'SmoothGrad is of the size of the mean gradient: the same twice, not negative, alike but not equal to ' +
      'the plain one',
    async () => {
      const [first, again] = [
        await explainers.get('smooth-grad').explain(of),
        await explainers.get('smooth-grad').explain(of),
      ];
      first.forEach(({ map }, c) => {
        expect(map.data).toEqual(again[c]!.map.data);
        expect(explainers.get('smooth-grad').facts.signed).toBe(false);
        expect(Math.min(...map.data)).toBeGreaterThanOrEqual(0);
      });
    },
  );
});

it('of tokens attributions are to vectors and name their layer, and RISE requests only whole numbers', async () => {
  const rows: Float32Array[] = [];
  const spied = {
    run: (...args: Parameters<Engine['run']>) => {
      rows.push(args[1]['x']!.data as Float32Array);
      return engine.run(...args);
    },
  } as Engine;
  const { of } = opened(reference.tokens, spied);
  const numbers = new Set([0, ...reference.tokens.input]);
  for (const key of ['gradient-times-input', 'integrated-gradients', 'smooth-grad', 'loss-gradient'])
    expect((await explainers.get(key).explain(opened(reference.tokens).of))[0]!.layer).toBe('embedding');
  const maps = await explainers.get('rise').explain(of);
  expect(maps.map(({ map }) => map.data.length)).toEqual([12, 12, 12]);
  expect(rows.flatMap((row) => [...row]).every((number) => numbers.has(number))).toBe(true);
});
