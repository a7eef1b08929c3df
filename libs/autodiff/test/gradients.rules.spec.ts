import { DomainError } from '@noema/kernel';
import { GraphBuilder } from '@noema/onnx';
import { describe, expect, it } from 'vitest';
import { gradients } from '../src/index.js';

function makeGraph(write: (b: GraphBuilder) => string): {
  graph: ReturnType<GraphBuilder['build']>;
  y: string;
} {
  const b = new GraphBuilder();
  b.input('x', ['n', 3]);
  b.input('unused', ['n', 3]);
  b.input('seed', ['n', 3]);
  const y = write(b);
  return { graph: b.build(), y };
}

describe('gradients', () => {
  it('leave out what nothing depends on', () => {
    const { graph, y } = makeGraph((b) => b.op('Tanh', ['x']));
    const { gradientByTensor } = gradients(graph, {
      ofs: [{ tensor: y, seed: 'seed' }],
      wrt: ['x', 'unused'],
    });
    expect([...gradientByTensor.keys()]).toEqual(['x']);
  });

  it('name the operator that has no gradient', () => {
    const { graph, y } = makeGraph((b) => b.op('NotAnOperator', ['x', b.constant([1])]));
    const act = (): unknown => gradients(graph, { ofs: [{ tensor: y, seed: 'seed' }], wrt: ['x'] });
    expect(act).toThrow(DomainError);
    expect(act).toThrow(/operator NotAnOperator \(it makes "NotAnOperator_\d+"\) has no gradient/);
  });

  it('do not mind such an operator outside the path', () => {
    const { graph, y } = makeGraph((b) =>
      b.op('Add', [b.op('Tanh', ['x']), b.op('NotAnOperator', ['unused', b.constant([1])])]),
    );
    expect(
      gradients(graph, { ofs: [{ tensor: y, seed: 'seed' }], wrt: ['x'] }).gradientByTensor.has('x'),
    ).toBe(true);
  });

  it('stop at integers and booleans', () => {
    const { graph, y } = makeGraph((b) =>
      b.op('Mul', ['x', b.op('Cast', [b.op('Greater', ['x', b.constant(0)])], { to: 1 })]),
    );
    expect(
      gradients(graph, { ofs: [{ tensor: y, seed: 'seed' }], wrt: ['x'] }).gradientByTensor.has('x'),
    ).toBe(true);
  });

  it.each([
    [{ tensor: 'nowhere', seed: 'seed' }, 'x', /"nowhere", which is to be differentiated/],
    [{ tensor: 'x', seed: 'none' }, 'x', /"none", the cotangent of "x"/],
    [{ tensor: 'x', seed: 'seed' }, 'w', /"w", which is differentiated by/],
  ])('refuse the unknown tensor in %j by %s', (of, wrt, message) => {
    expect(() => gradients(makeGraph(() => 'x').graph, { ofs: [of], wrt: [wrt] })).toThrow(message);
  });
});
