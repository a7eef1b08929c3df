import { describe, expect, it } from 'vitest';
import { create } from '@bufbuild/protobuf';
import { ModelSchema } from '@noema/contracts/noema/training/v1/model';
import { VocabularySchema } from '@noema/contracts/noema/type/v1/tensor_spec';
import { canStateOrder, findAdaptation, describeFit, findMisfit } from './fit.js';

const net = (input: number[], output: number[], name = 'x') => ({
  inputs: [{ name, dims: input }],
  outputs: [{ name: 'y', dims: output }],
});
const data = (input: number[], classes: number, name = 'picture') => ({
  inputs: [{ name, dims: input }],
  classNames: Array.from({ length: classes }, (_, i) => `c${i}`),
});

describe('a model and data', () => {
  it.each<[string, ReturnType<typeof net>, ReturnType<typeof data>]>([
    ['of the same shapes', net([28, 28, 1], [10]), data([28, 28, 1], 10)],
    ['whose last axis of 1 is left out', net([28, 28], [10]), data([28, 28, 1], 10)],
    ['whose axis varies', net([-1], [3]), data([20], 3)],
    ['with one number for two classes', net([30], [1]), data([30], 2)],
    ['with a mask of two classes', net([8, 8, 1], [8, 8, 1]), data([8, 8, 1], 2)],
    ['without classes', net([10], [1]), data([10], 0)],
  ])('%s fit', (_, model, version) => {
    expect(findMisfit(model, version, true)).toBeUndefined();
  });

  it('of other inputs do not, whatever is requested', () => {
    expect(findMisfit(net([28, 28, 1], [10]), data([8, 8, 1], 10), false)).toBe(
      'takes 28 × 28 × 1; the data give 8 × 8 × 1',
    );
    const two = {
      ...net([4], [2]),
      inputs: [
        { name: 'a', dims: [4] },
        { name: 'b', dims: [4] },
      ],
    };
    expect(findMisfit(two, data([4], 2), true)).toBe('has 2 inputs, the data have 1 input');
  });

  it('are paired by name where all names are there', () => {
    const two = {
      ...net([4], [2]),
      inputs: [
        { name: 'a', dims: [4] },
        { name: 'b', dims: [9] },
      ],
    };
    const given = {
      classNames: [],
      inputs: [
        { name: 'b', dims: [9] },
        { name: 'a', dims: [4] },
      ],
    };
    expect(findMisfit(two, given, true)).toBeUndefined();
    expect(
      findMisfit(
        two,
        { ...given, inputs: given.inputs.map(({ dims }, i) => ({ name: `${i}`, dims })) },
        true,
      ),
    ).toBe('takes 4; the data give 9');
  });

  it('do not fit with their classes in another order', () => {
    const model = { inputs: [], outputs: [{ name: 'y', dims: [2], classNames: ['b', 'a'] }] };
    expect(findMisfit(model, { inputs: [], classNames: ['a', 'b'] }, false)).toBe(
      'has the classes b, a in this order; the data have a, b',
    );
  });

  it('do not fit with other tokens', () => {
    const withTokens = (tokenDigest: string) => ({
      ...data([8], 2),
      ...net([8], [2]),
      inputs: [
        {
          name: 'ids',
          dims: [8],
          vocabulary: create(VocabularySchema, { kind: 'BPE', size: 9, tokenDigest, textDigest: 't' }),
        },
      ],
    });
    expect(findMisfit(withTokens('a'), withTokens('a'), true)).toBeUndefined();
    expect(findMisfit(withTokens('a'), withTokens('b'), false)).toBe(
      'takes 9 ids of BPE (a), the data have 9 ids of BPE (b): the same ids stand for other tokens',
    );
  });

  it('are noted for the steps before the input, and for a pretrained head', () => {
    const model = create(ModelSchema, {
      inputs: [{ name: 'x', preprocessing: ['mean 1 subtracted', 'divided by 2'] }, { name: 'z' }],
      outputs: [{ name: 'y', classNames: ['ape', 'bee'] }],
    });
    expect(describeFit(model, { classNames: ['ape', 'bee'] })).toEqual([
      'Data for x are mean 1 subtracted, then divided by 2.',
    ]);
    expect(describeFit(model, { classNames: ['a', 'b'] })[1]).toBe(
      'The model is a pretrained head with other classes (ape, bee) than the data (a, b).',
    );
  });

  it('of other classes are adapted by a new head, of the same in another order by their order', () => {
    const pretrained = net([8, 8, 3], [1000]);
    expect(findAdaptation(pretrained, data([8, 8, 3], 4))).toBe('head');
    expect(findAdaptation(net([8, 8, 3], [4]), data([8, 8, 3], 4))).toBeUndefined();
    expect(findAdaptation(net([8, 8, 3], [1]), data([8, 8, 3], 2))).toBeUndefined();
    expect(findAdaptation(pretrained, data([9, 9, 3], 4))).toBeUndefined();
    expect(findAdaptation(net([8, 8, 3], [8, 8, 9]), data([8, 8, 3], 4))).toBeUndefined();
    const named = (classNames: string[]) => ({
      ...net([8], [2]),
      outputs: [{ name: 'y', dims: [2], classNames }],
    });
    expect(findAdaptation(named(['c1', 'c0']), data([8], 2))).toBe('order');
    expect(findAdaptation(named(['ape', 'bee']), data([8], 2))).toBe('head');
  });

  it('of as many classes have an order that can be stated, unless it is that of the data', () => {
    const named = (classNames: string[]) => ({
      ...net([8], [2]),
      outputs: [{ name: 'y', dims: [2], classNames }],
    });
    expect(canStateOrder(named([]), data([8], 2))).toBe(true);
    expect(canStateOrder(named(['ape', 'bee']), data([8], 2))).toBe(true);
    expect(canStateOrder(named(['c1', 'c0']), data([8], 2))).toBe(true);
    expect(canStateOrder(named(['c0', 'c1']), data([8], 2))).toBe(false);
    expect(canStateOrder(named([]), data([9], 2))).toBe(false);
    expect(canStateOrder(named([]), data([8], 3))).toBe(false);
    expect(canStateOrder(net([8], [1]), data([8], 2))).toBe(false);
  });

  it('of other classes can be evaluated, not trained', () => {
    expect(findMisfit(net([4], [2]), data([4], 3), true)).toBe('distinguishes 2 classes, the data have 3');
    expect(findMisfit(net([4], [2]), data([4], 3), false)).toBeUndefined();
  });
});
