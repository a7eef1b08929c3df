import { describe, expect, it } from 'vitest';
import { chosenLayers } from './layer.choice.js';

const layer = (name: string, unitCount: number) => ({
  name,
  unitCount,
  kind: 'Conv2D',
  outputDims: [unitCount],
  parameterCount: 0,
  isConvolution: true,
  config: {},
  inputs: [],
});
const model = {
  layers: [layer('x', 0), layer('conv1', 4), layer('pool', 0), layer('conv2', 8), layer('a.out', 2)],
  blocks: [layer('block_1', 4), layer('block_2', 8)],
  proposed: ['block_1', 'block_2', 'a.out'],
};

describe('the layers to follow', () => {
  it.each([
    [[], []],
    [
      ['conv2', 'conv1'],
      ['conv1', 'conv2'],
    ],
    [['conv*'], ['conv1', 'conv2']],
    [
      ['*2', 'block_1'],
      ['conv2', 'block_1'],
    ],
    [['blocks'], ['a.out', 'block_1', 'block_2']],
    [
      ['blocks', 'conv1'],
      ['conv1', 'a.out', 'block_1', 'block_2'],
    ],
    [['a.*'], ['a.out']],
    [['*'], []],
    [['conv1', 'conv*', 'a.out'], []],
  ])('%j are %j', (asked, found) => {
    expect(chosenLayers(model, asked)).toEqual(found);
  });

  it.each([['conv3'], ['pool'], ['conv'], ['block_*'], ['a?out'], ['']])(
    '"%s" is refused with the known ones',
    (name) => {
      expect(() => chosenLayers(model, ['conv1', name])).toThrow(
        expect.objectContaining({
          kind: 'invalid',
          reason: 'LAYER_UNKNOWN',
          message: expect.stringContaining('it has conv1, conv2, a.out, block_1, block_2.') as string,
        }),
      );
    },
  );

  it('of a layer named as the word is that layer; without shortcuts the word is refused', () => {
    expect(chosenLayers({ ...model, layers: [layer('blocks', 3), layer('out', 2)] }, ['blocks'])).toEqual([
      'blocks',
    ]);
    expect(() => chosenLayers({ ...model, blocks: [], proposed: [] }, ['blocks'])).toThrow(
      expect.objectContaining({ kind: 'invalid', reason: 'BLOCKS_UNKNOWN' }),
    );
  });
});
