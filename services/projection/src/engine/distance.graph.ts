import { Program } from '@noema/engine';
import { GraphBuilder } from '@noema/onnx';

/** Half squared distances of b points to all n, without the point's own constant: |x|²/2 − q·x, float32 [b, n]. Inputs: `q` [b, d], `xT` [d, n], `hn` [n]. */
export function distanceProgram(): Program {
  const g = new GraphBuilder(undefined, 'distances');
  const [q, xT, hn] = [g.input('q', ['b', 'd']), g.input('xT', ['d', 'n']), g.input('hn', ['n'])];
  g.add({ opType: 'Sub', inputs: [hn, g.op('MatMul', [q, xT])], outputs: ['distances'], attributes: {} });
  g.output('distances', ['b', 'n']);
  return Program.of(g.build());
}
