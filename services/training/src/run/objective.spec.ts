import { describe, expect, it } from 'vitest';
import { type LossInfo, type ObjectiveQuery, type OutputInfo, planObjectives } from './objective.js';

const same = (dims: readonly number[]): readonly number[] => dims;
const LOSSES: readonly LossInfo[] = [
  { key: 'binary_crossentropy', of: 'labels', targetDims: same },
  { key: 'categorical_crossentropy', of: 'classes', targetDims: same },
  { key: 'huber', of: 'numbers', targetDims: same },
  { key: 'mean_absolute_error', of: 'numbers', targetDims: same },
  { key: 'mean_squared_error', of: 'numbers', targetDims: same },
  {
    key: 'sparse_categorical_crossentropy',
    of: 'classes',
    targetDims: (dims) => (dims.length === 1 ? [1] : dims.slice(0, -1)),
  },
];
const output = (dims: number[], nonLinearity?: OutputInfo['nonLinearity'], isExact = true): OutputInfo => ({
  name: 'y',
  dims,
  nonLinearity,
  isExact,
});
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);

const plan = (
  of: OutputInfo,
  truth: number[] | undefined,
  {
    loss,
    classes = 0,
    kind = 'train',
    labelled = 5,
  }: { loss?: string; classes?: number; kind?: ObjectiveQuery['kind']; labelled?: number } = {},
) =>
  planObjectives({
    kind,
    outputs: [of],
    losses: LOSSES,
    loss: loss === undefined ? undefined : { name: loss, config: {} },
    dataset: {
      groundTruths: truth === undefined ? [] : [{ name: 'truth', dims: truth }],
      classNames: names(classes),
      splits: [
        { split: 'training', firstRow: 0, count: labelled },
        { split: 'unlabeled', firstRow: labelled, count: 3 },
      ],
    },
  });

describe('several outputs', () => {
  const planBoth = (first: OutputInfo, second: OutputInfo, classes: number) =>
    planObjectives({
      ...{ kind: 'train', losses: LOSSES, loss: undefined },
      outputs: [
        { ...first, name: 'size' },
        { ...second, name: 'kind' },
      ],
      dataset: {
        groundTruths: [
          { name: 'size', dims: first.dims },
          { name: 'kind', dims: second.dims },
        ],
        classNames: names(classes),
        splits: [{ split: 'training', firstRow: 0, count: 5 }],
      },
    }).objectives.map(({ output: name, task, loss }) => [name, task, loss?.name]);

  it('may give numbers first, and probabilities of the classes of the data second', () => {
    for (const size of [1, 2, 4])
      expect(planBoth(output([size]), output([4], 'softmax'), 4)).toEqual([
        ['size', 'regression', 'mean_squared_error'],
        ['kind', 'multi-class', 'categorical_crossentropy'],
      ]);
    expect(() => planBoth(output([2]), output([3], 'softmax'), 4)).toThrow(
      /output "size" distinguishes 2 classes/,
    );
    // Without probabilities of these classes, as many numbers may be their logits.
    expect(() => planBoth(output([4]), output([3], 'softmax'), 4)).toThrow(
      /output "size" has no softmax or sigmoid/,
    );
  });
});

describe('classes that a file states', () => {
  const stated = (...classNames: string[]): OutputInfo => ({ ...output([3], 'softmax'), classNames });

  it('fit the classes of the data of the same names', () => {
    expect(plan(stated(...names(3)), [3], { classes: 3 }).noLossReason).toBe('');
  });

  it('are refused in another order, with both lists', () => {
    const [a, b, c] = names(3) as [string, string, string];
    for (const kind of ['train', 'evaluate'] as const)
      expect(() => plan(stated(c, a, b), [3], { classes: 3, kind })).toThrow(
        `has the classes ${c}, ${a}, ${b} in this order, the data have ${a}, ${b}, ${c}`,
      );
  });

  it('are of a pretrained head where they differ, which has a loss only by name', () => {
    const head = stated('ape', 'bee', 'cat');
    const { noLossReason } = plan(head, [3], { classes: 3, kind: 'evaluate' });
    expect(noLossReason).toContain('is a pretrained head with other classes (ape, bee, cat) than the data (');
    const loss = 'categorical_crossentropy';
    expect(plan(head, [3], { classes: 3, kind: 'evaluate', loss }).noLossReason).toBe('');
    expect(plan(head, [3], { classes: 3 }).objectives[0]!.loss?.name).toBe(loss);
  });
});

describe('task and loss follow from the output and the ground truth', () => {
  it.each<[string, OutputInfo, number[], number, string, string]>([
    ['softmax, one-hot', output([3], 'softmax'), [3], 3, 'multi-class', 'categorical_crossentropy'],
    [
      'softmax, class numbers',
      output([3], 'softmax'),
      [],
      3,
      'multi-class',
      'sparse_categorical_crossentropy',
    ],
    [
      'softmax of two, class numbers',
      output([2], 'softmax'),
      [1],
      2,
      'multi-class',
      'sparse_categorical_crossentropy',
    ],
    ['one sigmoid', output([1], 'sigmoid'), [], 2, 'binary', 'binary_crossentropy'],
    ['sigmoids', output([4], 'sigmoid'), [4], 4, 'multi-label', 'binary_crossentropy'],
    ['one number', output([1]), [1], 0, 'regression', 'mean_squared_error'],
    ['numbers', output([3]), [3], 0, 'regression', 'mean_squared_error'],
    [
      'numbers of an imported file',
      output([3], undefined, false),
      [3],
      0,
      'regression',
      'mean_squared_error',
    ],
    [
      'a class for every pixel',
      output([8, 8, 3], 'softmax'),
      [8, 8, 3],
      3,
      'per-pixel',
      'categorical_crossentropy',
    ],
    [
      'a class number for every pixel',
      output([8, 8, 3], 'softmax'),
      [8, 8],
      3,
      'per-pixel',
      'sparse_categorical_crossentropy',
    ],
    ['a mask', output([8, 8, 1], 'sigmoid'), [8, 8], 0, 'per-pixel', 'binary_crossentropy'],
    ['a picture of numbers', output([8, 8, 1]), [8, 8, 1], 0, 'regression', 'mean_squared_error'],
  ])('%s', (_, of, truth, classes, task, loss) => {
    expect(plan(of, truth, { classes })).toEqual({
      objectives: [{ output: 'y', task, loss: { name: loss, config: {} } }],
      noLossReason: '',
    });
  });

  it.each<[string, OutputInfo, number[], string, number, string]>([
    ['numbers compared by a sigmoid', output([1], 'sigmoid'), [1], 'mean_squared_error', 0, 'regression'],
    ['the Brier score of classes', output([3], 'softmax'), [3], 'mean_squared_error', 3, 'multi-class'],
    ['a sigmoid for each class', output([3], 'sigmoid'), [3], 'categorical_crossentropy', 3, 'multi-class'],
    [
      'probabilities of an imported file',
      output([3], undefined, false),
      [3],
      'categorical_crossentropy',
      3,
      'multi-class',
    ],
  ])('and from the requested loss: %s', (_, of, truth, loss, classes, task) => {
    expect(plan(of, truth, { loss, classes }).objectives).toEqual([
      { output: 'y', task, loss: { name: loss, config: {} } },
    ]);
  });
});

it.each<[string, OutputInfo, number[] | undefined, { loss?: string; classes?: number }, RegExp]>([
  [
    'a crossentropy of numbers',
    output([1]),
    [1],
    { loss: 'categorical_crossentropy' },
    /takes probabilities of classes.*"y" has no softmax.*that fit: mean_squared_error, mean_absolute_error, huber/,
  ],
  [
    'class numbers with the loss of one-hot labels',
    output([3], 'softmax'),
    [],
    { loss: 'categorical_crossentropy' },
    /takes \[3\] for one sample, the data's "truth" is \[\]; losses that fit: sparse_categorical_crossentropy/,
  ],
  [
    'labels for a softmax',
    output([3], 'softmax'),
    [3],
    { loss: 'binary_crossentropy' },
    /takes probabilities of labels.*output "y" is a softmax; losses that fit: categorical_crossentropy/,
  ],
  [
    'logits with class names',
    output([3]),
    [3],
    { classes: 3 },
    /output "y" has no softmax or sigmoid, and the data have 3 classes; end the model with a softmax/,
  ],
  [
    'other classes',
    output([5], 'softmax'),
    [9],
    { classes: 9 },
    /output "y" distinguishes 5 classes, the data have 9/,
  ],
  [
    'no ground truth',
    output([5], 'softmax'),
    undefined,
    {},
    /the data have no ground truth, so there is nothing to train on; evaluate the model instead/,
  ],
  [
    'a softmax over one unit',
    output([1], 'softmax'),
    [1],
    {},
    /softmax over one unit, which is always 1; give it a sigmoid/,
  ],
  [
    'another size',
    output([2]),
    [3],
    {},
    /output "y" gives \[2\] for one sample, the data's "truth" is \[3\]; no loss fits/,
  ],
])('training refuses %s', (_, of, truth, asked, message) => {
  expect(() => plan(of, truth, asked)).toThrow(message);
});

describe('an evaluation without a loss', () => {
  it.each<
    [string, OutputInfo, number[] | undefined, { classes?: number; labelled?: number }, string, RegExp]
  >([
    [
      'of data without ground truth',
      output([5], 'softmax'),
      undefined,
      {},
      'multi-class',
      /the data have no ground truth/,
    ],
    [
      'of unlabeled samples alone',
      output([1], 'sigmoid'),
      [1],
      { labelled: 0 },
      'binary',
      /all are in the split unlabeled/,
    ],
    [
      'by a head with other classes',
      output([5], 'softmax'),
      [9],
      { classes: 9 },
      'multi-class',
      /distinguishes 5 classes, the data have 9/,
    ],
    [
      'by a network that gives features',
      output([512], undefined, false),
      [9],
      { classes: 9 },
      'regression',
      /distinguishes 512 classes/,
    ],
  ])('%s says why', (_, of, truth, asked, task, reason) => {
    const { objectives, noLossReason } = plan(of, truth, { kind: 'evaluate', ...asked });
    expect(objectives).toEqual([{ output: 'y', task, loss: undefined }]);
    expect(noLossReason).toMatch(reason);
  });

  it('is refused where a loss was requested', () => {
    expect(() =>
      plan(output([5], 'softmax'), undefined, { kind: 'evaluate', loss: 'categorical_crossentropy' }),
    ).toThrow(/leave out the loss categorical_crossentropy/);
    expect(() =>
      plan(output([5], 'softmax'), [9], { kind: 'evaluate', classes: 9, loss: 'categorical_crossentropy' }),
    ).toThrow(/distinguishes 5 classes/);
  });
});
