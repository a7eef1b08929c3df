import { describe, expect, it } from 'vitest';
import { planAdaptation } from './adaptation.plan.js';
import type { AdaptationRequest } from './model-adaptation.js';
import { keptBytes } from './model-adaptation.service.js';

const REQUEST: AdaptationRequest = {
  modelVersionId: 'v',
  datasetVersionId: 'd',
  displayName: 'net',
  kind: undefined,
  output: '',
  afterLayer: '',
  activation: undefined,
  seed: 0,
  classes: [],
};
const OUTPUTS = [{ name: 'scores', dims: [3], classNames: ['a', 'b', 'c'] }];
const plan = (changes: Partial<AdaptationRequest>, classNames: string[], dims = [classNames.length]) =>
  planAdaptation({ ...REQUEST, ...changes }, OUTPUTS, {
    classNames,
    groundTruths: [{ name: 'label', dims }],
  });

describe('an adaptation', () => {
  it('orders the classes of the model where the data have the same ones', () => {
    expect(plan({}, ['c', 'a', 'b'])).toEqual({
      kind: 'order',
      output: 'scores',
      order: [2, 0, 1],
      classNames: ['c', 'a', 'b'],
    });
  });

  it('has the order that a request states, whatever names the model has', () => {
    const stated = { kind: 'order', output: 'scores', order: [1, 2, 0], classNames: ['x', 'y', 'z'] };
    expect(plan({ classes: ['z', 'x', 'y'] }, ['x', 'y', 'z'])).toEqual(stated);
    // The names alone change.
    expect(plan({ classes: ['x', 'y', 'z'] }, ['x', 'y', 'z'])).toMatchObject({ order: [0, 1, 2] });
    // The names of the model are wrong.
    expect(plan({ classes: ['b', 'a', 'c'] }, ['a', 'b', 'c'])).toMatchObject({ order: [1, 0, 2] });
  });

  it.each([
    [['a', 'b', 'x'], 'the data have no class "x"; they have a, b, c'],
    [['a', 'b', 'a'], 'the class "a" appears twice'],
    [['a', 'b'], 'the class "c" of the data is missing'],
  ])('refuses the order %j with the class at fault', (classes, message) => {
    expect(() => plan({ classes }, ['a', 'b', 'c'])).toThrow(message);
  });

  it('refuses an order of more classes than the output has numbers, and one of a new head', () => {
    const classes = ['w', 'x', 'y', 'z'];
    expect(() => plan({ classes }, classes)).toThrow('gives 3 numbers for 4 classes');
    expect(() => plan({ classes, kind: 'head' }, classes)).toThrow('leave the order out');
  });

  it('is a softmax head for other classes, and for the same ones where a head is requested', () => {
    const head = { kind: 'head', output: 'scores', activation: 'softmax' };
    expect(plan({}, ['x', 'y'])).toEqual({ ...head, units: 2, classNames: ['x', 'y'] });
    expect(plan({ kind: 'head', afterLayer: 'conv' }, ['a', 'b', 'c'])).toMatchObject({
      after: 'conv',
      units: 3,
    });
    expect(plan({ activation: 'sigmoid' }, ['x', 'y'])).toMatchObject({ activation: 'sigmoid' });
  });

  it('is a linear head for data without classes', () => {
    expect(plan({}, [], [4])).toMatchObject({ kind: 'head', units: 4, activation: 'linear' });
    expect(plan({}, [], [])).toMatchObject({ units: 1 });
  });

  it.each([
    ['NOTHING_TO_ADAPT', { kind: 'order' }, ['a', 'b', 'c'], [3]],
    ['NOTHING_TO_ADAPT', { classes: ['a', 'b', 'c'] }, ['a', 'b', 'c'], [3]],
    ['MODEL_ADAPTATION_INVALID', { kind: 'order' }, ['x', 'y'], [2]],
    ['MODEL_ADAPTATION_INVALID', { output: 'other' }, ['x', 'y'], [2]],
    ['MODEL_ADAPTATION_INVALID', {}, ['x', 'y'], [8, 8]],
  ] as const)('is refused with %s for %j and the classes %j', (reason, changes, classNames, dims) => {
    expect(() => plan(changes, [...classNames], [...dims])).toThrow(
      expect.objectContaining({ reason }) as Error,
    );
  });

  it('keeps ranges of the weights across the chunks of a stream', async () => {
    async function* chunks() {
      await Promise.resolve();
      yield Buffer.from([0, 1, 2, 3, 4]);
      yield Buffer.from([5, 6, 7, 8, 9]);
    }
    const found: number[] = [];
    for await (const chunk of keptBytes(
      chunks(),
      [
        [1, 3],
        [4, 8],
      ],
      Buffer.from([99]),
    ))
      found.push(...chunk);
    expect(found).toEqual([1, 2, 4, 5, 6, 7, 99]);
  });
});
