import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ChannelLayout,
  ChannelOrder,
  type InputPreprocessingSchema,
  Interpolation,
  ModelFileSchema,
} from '@noema/contracts/noema/training/v1/model_service';
import { describe, expect, it } from 'vitest';
import { parseModelFile } from './model-file.mapper.js';

const parse = (...inputShapes: { input: string; sizes: number[] }[]) =>
  parseModelFile(create(ModelFileSchema, { inputShapes })).inputShapes;

describe('shapes of inputs in a request', () => {
  it('go by the names of the inputs, and are absent without any', () => {
    expect(parse({ input: 'image:0', sizes: [3, 48, 320] }, { input: 'mask', sizes: [48] })).toEqual({
      'image:0': [3, 48, 320],
      mask: [48],
    });
    expect(parse()).toBeUndefined();
  });

  it.each([
    ['has [3, 0] for input "x"', [{ input: 'x', sizes: [3, 0] }]],
    ['has [-1] for input "x"', [{ input: 'x', sizes: [-1] }]],
    ['give at most 8 sizes', [{ input: 'x', sizes: Array<number>(9).fill(1) }]],
    [
      'names input "x" twice',
      [
        { input: 'x', sizes: [1] },
        { input: 'x', sizes: [1] },
      ],
    ],
    ['names input ""', [{ input: '', sizes: [1] }]],
    [
      'has 65 shapes; give at most 64',
      Array.from({ length: 65 }, (_, i) => ({ input: String(i), sizes: [1] })),
    ],
  ])('are refused: %s', (message, shapes) => {
    expect(() => parse(...shapes)).toThrow(message);
  });
});

describe('tokenizers in a request', () => {
  const tokenizers = (names: readonly string[]) =>
    parseModelFile(
      create(ModelFileSchema, { tokenizers: [{ input: 'ids', files: names.map((name) => ({ name })) }] }),
    ).tokenizers;

  it('have the names of their files, and are absent without any', () => {
    expect(tokenizers(['vocab.json', 'merges.txt'])).toEqual([
      {
        input: 'ids',
        files: [
          { name: 'vocab.json', parts: [] },
          { name: 'merges.txt', parts: [] },
        ],
      },
    ]);
    expect(parseModelFile(create(ModelFileSchema)).tokenizers).toBeUndefined();
  });

  it.each([
    ['has 0 files for input "ids"; give 1 to 4', []],
    ['has the file "a/vocab.txt"; give the name', ['a/vocab.txt']],
    ['has the file "vocab.txt"; give the name', ['vocab.txt', 'vocab.txt']],
  ])('are refused: %s', (message, names) => {
    expect(() => tokenizers(names)).toThrow(message);
  });
});

describe('preprocessing in a request', () => {
  const preprocessing = (one: MessageInitShape<typeof InputPreprocessingSchema>) =>
    parseModelFile(create(ModelFileSchema, { preprocessing: [one] })).preprocessing;

  it('has the names of the importers, and is absent without any', () => {
    expect(
      preprocessing({
        input: 'image',
        layout: ChannelLayout.FIRST,
        dataSize: [32, 48],
        interpolation: Interpolation.BICUBIC,
        channelOrder: ChannelOrder.BGR,
        range: [-1, 1],
        mean: [0.5],
        std: [1, 2, 3],
      }),
    ).toEqual([
      {
        input: 'image',
        layout: 'channels-first',
        dataSize: [32, 48],
        interpolation: 'bicubic',
        channelOrder: 'bgr',
        range: [-1, 1],
        mean: [0.5],
        std: [1, 2, 3],
      },
    ]);
    expect(preprocessing({})).toEqual([{ input: '' }]);
    expect(parseModelFile(create(ModelFileSchema)).preprocessing).toBeUndefined();
  });

  it.each([
    ['has data_size with 1 numbers; give two', { dataSize: [3] }],
    ['has range with 3 numbers; give two', { range: [0, 1, 2] }],
    ['has mean with 1025 numbers; give at most 1024', { mean: Array<number>(1025).fill(0) }],
    ['has interpolation 9, which is not known', { interpolation: 9 as Interpolation }],
  ])('are refused: %s', (message, one) => {
    expect(() => preprocessing(one)).toThrow(message);
  });
});
