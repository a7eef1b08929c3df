import { Program } from '@noema/engine';
import { GraphBuilder } from '@noema/onnx';

/**
 * Scores of b queries against all vectors and the best of them: score = q · x − |x|²/2, which falls as the distance grows (the query's own norm
 * does not change the order). Inputs: `q` [b, d], `xT` [d, n], `hn` [n] = |x|²/2 (infinite for rows that must not be found), `k` [1]. Output: `rows` int64 [b, k].
 */
export function exactProgram(): Program {
  const g = new GraphBuilder(undefined, 'exact-neighbors');
  const [q, xT, hn, k] = [g.input('q', ['b', 'd']), g.input('xT', ['d', 'n']), g.input('hn', ['n']), g.input('k', [1], 'int64')];
  const scores = g.op('Sub', [g.op('MatMul', [q, xT]), hn]);
  g.add({ opType: 'TopK', inputs: [scores, k], outputs: ['best', 'rows'], attributes: { axis: 1, largest: 1, sorted: 1 } });
  g.output('rows', ['b', 'k'], 'int64');
  return Program.of(g.build());
}
