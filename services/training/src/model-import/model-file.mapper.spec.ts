import { create } from '@bufbuild/protobuf';
import { ModelFileSchema } from '@noema/contracts/noema/training/v1/model_service';
import { describe, expect, it } from 'vitest';
import { modelFileOf } from './model-file.mapper.js';

const parse = (...inputShapes: { input: string; sizes: number[] }[]) =>
  modelFileOf(create(ModelFileSchema, { inputShapes })).inputShapes;

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
