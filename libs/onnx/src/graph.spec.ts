import { describe, expect, it } from 'vitest';
import { float32, GraphBuilder, prune } from './index.js';

describe('builder', () => {
  it('writes equal constants and equal operators once', () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 2]);
    expect(b.constant([1])).toBe(b.constant([1]));
    expect(b.constant(1)).not.toBe(b.constant([1]));
    expect(b.constant(float32(new Float32Array(100)))).toBe(b.constant(float32(new Float32Array(100))));
    expect(b.op('Relu', [x])).toBe(b.op('Relu', [x]));
    expect(b.op('Transpose', [x], { perm: [0, 1] })).not.toBe(b.op('Transpose', [x], { perm: [1, 0] }));
    expect(b.op('RandomNormalLike', [x])).not.toBe(b.op('RandomNormalLike', [x]));
  });
  it('goes on from a graph, and knows what is in it', () => {
    const first = new GraphBuilder();
    const y = first.op('Relu', [first.input('x', [1])]);
    first.output(first.constant(2));
    const b = new GraphBuilder(first.build());
    expect(b.op('Relu', ['x'])).toBe(y);
    expect(b.constant(2)).toBe(first.build().outputs[0]!.name);
    expect(b.op('Neg', [y])).not.toBe(y);
  });
  it('refuses tensors that do not exist or exist already', () => {
    const b = new GraphBuilder();
    b.input('x', [1]);
    expect(() => b.op('Add', ['x', 'y'])).toThrow(/tensor "y", an input of Add, is made by no/);
    expect(() => b.output('z')).toThrow(/"z", a graph output/);
    expect(() => b.input('x', [1])).toThrow(/"x" is made twice/);
    expect(() => b.op('Neg', ['x'], {}, 'x')).toThrow(/"x" is made twice/);
  });
});

describe('prune', () => {
  const b = new GraphBuilder();
  const [x, unused] = [b.input('x', [1]), b.input('unused', [1])];
  const a = b.op('Add', [x, b.constant(1)]);
  const dead = b.op('Mul', [unused, b.constant(2)]);
  b.output(a, [1]);
  b.output(dead, [1]);

  it('keeps what the output needs and nothing else', () => {
    const pruned = prune(b.build(), [a]);
    expect(pruned.nodes.map(({ opType }) => opType)).toEqual(['Add']);
    expect(pruned.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(pruned.initializers.size).toBe(1);
    expect(pruned.outputs).toEqual([{ name: a, dataType: 'float32', dims: [1] }]);
  });
  it('can ask for an inner tensor, and names one that is missing', () => {
    expect(prune(b.build(), [dead]).nodes).toHaveLength(1);
    expect(() => prune(b.build(), ['nope'])).toThrow(/"nope" does not exist/);
  });
});
