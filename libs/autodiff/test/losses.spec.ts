import { GraphBuilder, prune } from '@noema/onnx';
import { describe, expect, it } from 'vitest';
import { gradients, lossHead, lossHeads, lossParameters } from '../src/index.js';
import { gradientError } from './finite-differences.js';
import { compileGraph } from './run-graph.js';

const softmax = (row: readonly number[]): number[] => {
  const exps = row.map((x) => Math.exp(x - Math.max(...row)));
  return exps.map((e) => e / exps.reduce((a, b) => a + b));
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

const X = [
  [2, -1, 0.5],
  [-0.3, 0.1, 4],
];
const ONE_HOT = [
  [0, 1, 0],
  [0, 0, 1],
];
const REAL = [
  [1, -1.2, 0.4],
  [2, 0, 0],
];

const formulas: {
  loss: string;
  of: 'logits' | 'prediction';
  target: number[][];
  activation?: string;
  expected: number[];
  parameters?: Record<string, number>;
}[] = [
  {
    loss: 'categorical_crossentropy',
    of: 'logits',
    target: ONE_HOT,
    activation: 'Softmax',
    expected: X.map((x, i) => -Math.log(softmax(x)[i + 1]!)),
  },
  {
    loss: 'CategoricalCrossentropy',
    of: 'prediction',
    target: ONE_HOT,
    activation: 'Softmax',
    expected: X.map((x, i) => -Math.log(softmax(x)[i + 1]!)),
  },
  {
    loss: 'sparseCategoricalCrossentropy',
    of: 'logits',
    target: [[1], [2]],
    activation: 'Softmax',
    expected: X.map((x, i) => -Math.log(softmax(x)[i + 1]!)),
  },
  {
    loss: 'binaryCrossentropy',
    of: 'logits',
    target: ONE_HOT,
    activation: 'Sigmoid',
    expected: X.map((x, i) =>
      mean(x.map((v, j) => -Math.log(ONE_HOT[i]![j] === 1 ? sigmoid(v) : 1 - sigmoid(v)))),
    ),
  },
  {
    loss: 'binaryCrossentropy',
    of: 'prediction',
    target: ONE_HOT,
    activation: 'Sigmoid',
    expected: X.map((x, i) =>
      mean(x.map((v, j) => -Math.log(ONE_HOT[i]![j] === 1 ? sigmoid(v) : 1 - sigmoid(v)))),
    ),
  },
  {
    loss: 'meanSquaredError',
    of: 'prediction',
    target: REAL,
    expected: X.map((x, i) => mean(x.map((v, j) => (v - REAL[i]![j]!) ** 2))),
  },
  {
    loss: 'mean_absolute_error',
    of: 'prediction',
    target: REAL,
    expected: X.map((x, i) => mean(x.map((v, j) => Math.abs(v - REAL[i]![j]!)))),
  },
  {
    loss: 'huber',
    of: 'prediction',
    target: REAL,
    parameters: { delta: 0.8 },
    expected: X.map((x, i) =>
      mean(
        x.map((v, j) => {
          const e = Math.abs(v - REAL[i]![j]!);
          return e <= 0.8 ? (e * e) / 2 : 0.8 * e - 0.32;
        }),
      ),
    ),
  },
];

describe('per-sample losses', () => {
  it.each(formulas.map((row) => [`${row.loss} of ${row.of}`, row] as const))(
    '%s equals its formula',
    async (_, { loss, of, target, activation, expected, parameters }) => {
      const b = new GraphBuilder();
      b.input('x', ['n', 3]);
      b.input('y', ['n', target[0]!.length]);
      const prediction = activation === undefined ? 'x' : b.op(activation, ['x']);
      const head = lossHead(loss);
      b.output(
        head.write(
          b,
          { prediction, target: 'y', ...(of === 'logits' ? { logits: 'x' } : {}) },
          lossParameters(head, parameters),
        ),
      );
      const graph = b.build();
      const run = await compileGraph(graph);
      const out = await run({
        x: { dims: [2, 3], data: Float32Array.from(X.flat()) },
        y: { dims: [2, target[0]!.length], data: Float32Array.from(target.flat()) },
      });
      const got = out[graph.outputs[0]!.name]!;
      expect(got.dims).toEqual([2]);
      expected.forEach((value, i) => {
        expect(Number(got.data[i])).toBeCloseTo(value, 5);
      });
    },
  );

  it('are means over the positions that have a class', async () => {
    const b = new GraphBuilder();
    b.input('x', ['n', 2, 3]);
    b.input('y', ['n', 2, 3]);
    b.output(
      lossHead('categorical_crossentropy').write(
        b,
        { prediction: b.op('Softmax', ['x'], { axis: -1 }), logits: 'x', target: 'y' },
        {},
      ),
    );
    const graph = b.build();
    const run = await compileGraph(graph);
    const none = [0, 0, 0];
    const targets = [ONE_HOT, [ONE_HOT[0]!, none], [none, none]];
    const out = await run({
      x: { dims: [3, 2, 3], data: Float32Array.from([X, X, X].flat(2)) },
      y: { dims: [3, 2, 3], data: Float32Array.from(targets.flat(2)) },
    });
    const [first, second] = X.map((x, i) => -Math.log(softmax(x)[i + 1]!));
    const got = Array.from(out[graph.outputs[0]!.name]!.data as ArrayLike<number>);
    [(first! + second!) / 2, first!, 0].forEach((value, i) => {
      expect(got[i]).toBeCloseTo(value, 5);
    });
  });

  it('from logits survive logits of a thousand', async () => {
    const b = new GraphBuilder();
    b.input('x', ['n', 3]);
    b.input('y', ['n', 3]);
    b.input('seed', ['n']);
    const losses = ['categoricalCrossentropy', 'binaryCrossentropy'].map((name) =>
      lossHead(name).write(b, { prediction: b.op('Softmax', ['x']), logits: 'x', target: 'y' }, {}),
    );
    const { graph, gradientByTensor } = gradients(b.build(), {
      ofs: losses.map((tensor) => ({ tensor, seed: 'seed' })),
      wrt: ['x'],
    });
    const run = await compileGraph(prune({ ...graph, outputs: [] }, [...losses, gradientByTensor.get('x')!]));
    const out = await run({
      x: { dims: [1, 3], data: Float32Array.of(1000, -1000, 0) },
      y: { dims: [1, 3], data: Float32Array.of(0, 1, 0) },
      seed: { dims: [1], data: Float32Array.of(1) },
    });
    for (const { data } of Object.values(out))
      expect([...data].every((v) => Number.isFinite(Number(v)))).toBe(true);
    expect(Number(out[losses[0]!]!.data[0])).toBe(2000);
  });

  it.each(lossHeads.keys().filter((key) => lossHeads.get(key).of !== 'boxes'))(
    '%s of a series has the gradient of finite differences',
    async (key) => {
      const head = lossHead(key);
      const { error } = await gradientError(
        {
          name: key,
          inputs: { x: { dims: [2, 4, 3], low: 0.2, high: 0.8 } },
          write: (b) => {
            const rows = Array.from({ length: key.startsWith('sparse') ? 8 : 24 }, (_, i) =>
              key.startsWith('sparse') ? i % 3 : (i % 5) / 10,
            );
            const target = b.constant({
              dataType: 'float32',
              dims: [2, ...head.targetDims([4, 3])],
              data: Float32Array.from(rows),
            });
            return head.write(
              b,
              { prediction: 'x', target },
              lossParameters(head, key === 'huber' ? { delta: 0.2 } : {}),
            );
          },
        },
        { symbolic: true },
      );
      expect(error).toBeLessThan(1e-2);
    },
  );

  // two pictures, a grid of 1 by 2 cells, 2 classes; the object is in the first cell of the first picture
  const CELLS = [
    [0.3, -0.6, 0.2, -0.4, 1.5, 2, -1, 0.1, 0.2, 0.3, 0.4, -2, 0.5, 0.6],
    [-1, 0.4, 0.9, 0.8, -0.7, 0.3, 0.2, 1, 2, 3, 4, 0.5, -1, -2],
  ];
  const TRUE_CELLS = [
    [0.25, 0.75, -1, -2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ];
  const entropy = (x: number, t: number): number =>
    -t * Math.log(sigmoid(x)) - (1 - t) * Math.log(1 - sigmoid(x));

  it('yolo adds position, size, objectness and class of cells, and only objectness of empty ones', async () => {
    const b = new GraphBuilder();
    b.input('x', ['n', 1, 2, 7]);
    b.input('y', ['n', 1, 2, 7]);
    const head = lossHead('YOLO');
    b.output(head.write(b, { prediction: 'x', target: 'y' }, lossParameters(head, { coordinate_weight: 3 })));
    const graph = b.build();
    const run = await compileGraph(graph);
    const values = (rows: number[][]) => ({ dims: [2, 1, 2, 7], data: Float32Array.from(rows.flat()) });
    const out = (await run({ x: values(CELLS), y: values(TRUE_CELLS) }))[graph.outputs[0]!.name]!;
    const [x, t] = [CELLS[0]!, TRUE_CELLS[0]!];
    const place = [0, 1].map((i) => entropy(x[i]!, t[i]!)).concat([2, 3].map((i) => (x[i]! - t[i]!) ** 2));
    const rest = [4, 5, 6].map((i) => entropy(x[i]!, t[i]!));
    const sum = (numbers: number[]): number => numbers.reduce((a, c) => a + c, 0);
    expect(out.dims).toEqual([2]);
    expect(Number(out.data[0])).toBeCloseTo(3 * sum(place) + sum(rest) + 0.5 * entropy(x[11]!, 0), 4);
    expect(Number(out.data[1])).toBeCloseTo(
      0.5 * (entropy(CELLS[1]![4]!, 0) + entropy(CELLS[1]![11]!, 0)),
      4,
    );
  });

  it('yolo has the gradient of finite differences', async () => {
    const head = lossHead('yolo');
    const { error } = await gradientError(
      {
        name: 'yolo',
        inputs: { x: { dims: [2, 1, 2, 7], low: -1, high: 1 } },
        write: (b) =>
          head.write(
            b,
            {
              prediction: 'x',
              target: b.constant({
                dataType: 'float32',
                dims: [2, 1, 2, 7],
                data: Float32Array.from(TRUE_CELLS.flat()),
              }),
            },
            lossParameters(head),
          ),
      },
      { symbolic: true },
    );
    expect(error).toBeLessThan(1e-2);
  });

  it('of boxes take thresholds up to 1, and matched boxes have no gradient', () => {
    expect(() => lossParameters(lossHead('yolo'), { iou_threshold: 1.5 })).toThrow(
      /"iou_threshold" of loss yolo is 1.5; give a number above 0 and at most 1/,
    );
    expect(() =>
      lossHead('lrp_error').write(new GraphBuilder(), { prediction: 'x', target: 'y' }, {}),
    ).toThrow(/has no gradient; train a grid of cells with the loss yolo/);
  });

  it('of an unknown name or with an unknown parameter are refused by name', () => {
    expect(() => lossHead('crossentropy')).toThrow(/unknown loss "crossentropy"; known: binary_crossentropy/);
    expect(() => lossParameters(lossHead('huber'), { alpha: 1 })).toThrow(
      /huber has no parameter "alpha"; it has: delta/,
    );
  });
});
