import { type Dim, GraphBuilder } from '@noema/onnx';
import { describe, expect, it } from 'vitest';
import { findActivation } from './activation.finder.js';
import { GraphLinks } from './graph.links.js';

type Chain = readonly (readonly [opType: string, attributes?: Record<string, unknown>])[];

const DIMS: readonly Dim[] = ['n', 3, 5];

/**
 * The tensor that shows the units, axis 1, of a layer that makes [n, 3, 5], followed by the operators one
 * after the other, the last of which gives the output.
 */
function activationBehind(chain: Chain, { read = -1 }: { readonly read?: number } = {}) {
  const builder = new GraphBuilder();
  const tensors = [builder.op('Conv', [builder.input('x', DIMS), builder.constant([1, 1, 1])])];
  const shapes = new Map([[tensors[0]!, DIMS]]);
  for (const [opType, attributes = {}] of chain) {
    const from = tensors.at(-1)!;
    const { perm } = attributes as { readonly perm?: readonly number[] };
    tensors.push(builder.op(opType, [from], attributes as never));
    shapes.set(tensors.at(-1)!, perm?.map((axis) => shapes.get(from)![axis]!) ?? shapes.get(from)!);
  }
  builder.output(tensors.at(-1)!, shapes.get(tensors.at(-1)!));
  if (read >= 0) builder.output(builder.op('Neg', [tensors[read]!]), shapes.get(tensors[read]!));
  const { tensor, unitAxis } = findActivation(
    { tensor: tensors[0]!, unitAxis: 1 },
    new GraphLinks(builder.build()),
    shapes,
  );
  return [tensors.indexOf(tensor), unitAxis];
}

describe('the activation of a layer', () => {
  it.each<[string, Chain, [number, number]]>([
    ['is the non-linearity behind it', [['Relu']], [1, 1]],
    [
      'is found behind a transposition, its units where that puts them',
      [['Transpose', { perm: [0, 2, 1] }], ['Sigmoid']],
      [2, 2],
    ],
    [
      'is found behind two transpositions',
      [['Transpose', { perm: [1, 0, 2] }], ['Transpose', { perm: [0, 2, 1] }], ['Tanh']],
      [3, 0],
    ],
    [
      'is the first of two non-linearities, whatever stands between them',
      [['Relu'], ['Transpose', { perm: [0, 2, 1] }], ['Sigmoid']],
      [1, 1],
    ],
    [
      'is what the layer makes where a transposition is followed by a softmax',
      [
        ['Transpose', { perm: [0, 2, 1] }],
        ['Softmax', { axis: -1 }],
      ],
      [0, 1],
    ],
  ])('%s', (_, chain, expected) => {
    expect(activationBehind(chain)).toEqual(expected);
  });

  it('is what the layer makes where something else reads that before the transposition', () => {
    expect(activationBehind([['Transpose', { perm: [0, 2, 1] }], ['Sigmoid']], { read: 0 })).toEqual([0, 1]);
  });
});
