import { describe, expect, it } from 'vitest';
import { checkClasses, pairInputs, pairTargets } from './fit.js';

const spec = (name: string, ...dims: number[]) => ({ name, dims });

describe('inputs', () => {
  it('are found by name, and else by order', () => {
    const [a, b] = [spec('a', 2), spec('b', 3)];
    expect(pairInputs([b, a], [a, b, spec('unused', 9)]).map(({ data }) => data.name)).toEqual(['b', 'a']);
    expect(pairInputs([spec('x', 2), spec('y', 3)], [a, b]).map(({ data }) => data.name)).toEqual(['a', 'b']);
  });
  it('that do not fit are named with both shapes', () => {
    expect(() => pairInputs([spec('x', 28, 28, 1)], [spec('image', 32, 32, 3)])).toThrow(
      /input "x" takes \[28, 28, 1\] for one sample, the data's "image" is \[32, 32, 3\]/,
    );
    expect(() => pairInputs([spec('x', 224, 224, 3)], [spec('image', 32, 48, 3)])).toThrow(
      'import the model with the preprocessing "input=x size=32x48"',
    );
    expect(() => pairInputs([spec('x', 3, 32, 32)], [spec('image', 32, 32, 3)])).toThrow(
      '"input=x layout=first"',
    );
    expect(() => pairInputs([spec('x', 8, 8, 3)], [spec('image', 28, 28, 1)])).toThrow(
      '"input=x size=28x28 order=gray"',
    );
    expect(() => pairInputs([spec('x', 2), spec('y', 2)], [spec('a', 2)])).toThrow(
      /it has 2 inputs \("x", "y"\), the data have 1 \("a"\)/,
    );
    expect(() => pairInputs([spec('x', 2)], [])).toThrow(/the data have 0 \(none\)/);
  });
});

it('inputs of other tokens are refused with both vocabularies, and go where only one states them', () => {
  const tokens = (tokenDigest: string) => ({
    ...spec('ids', 8),
    vocabulary: { kind: 'BPE', size: 5, tokenDigest, textDigest: 't' },
  });
  expect(() => pairInputs([tokens('a')], [tokens('b')])).toThrow(
    'input "ids" takes 5 ids of BPE (a), the data have 5 ids of BPE (b): the same ids stand for other tokens; make',
  );
  for (const [model, data] of [
    [tokens('a'), tokens('a')],
    [tokens('a'), spec('ids', 8)],
    [spec('ids', 8), tokens('b')],
  ] as const)
    expect(pairInputs([model], [data])).toHaveLength(1);
});

it('a single number may be [] or [1]', () => {
  expect(pairTargets([spec('y')], [spec('label', 1)], 'sparse_categorical_crossentropy')).toHaveLength(1);
  expect(() => pairTargets([spec('y', 1)], [spec('label', 10)], 'sparse_categorical_crossentropy')).toThrow(
    /output "y" with the loss sparse_categorical_crossentropy takes \[1\] for one sample, the data's "label" is \[10\]/,
  );
});

it('classes must be as many as the output distinguishes; one number distinguishes two', () => {
  checkClasses([spec('y', 3)], ['a', 'b', 'c']);
  checkClasses([spec('y', 1)], ['a', 'b']);
  checkClasses([spec('y', 7)], []);
  checkClasses([spec('size', 2), spec('y', 3)], ['a', 'b', 'c']);
  expect(() => {
    checkClasses([spec('y', 10), spec('size', 3)], ['a', 'b']);
  }).toThrow(/output "y" distinguishes 10 classes, the data have 2 \(a, b\); give the last layer 2 units/);
});
