import { Program } from '@noema/engine';
import { GraphBuilder } from '@noema/onnx';

/** Rows of a group in the blocked program: the best of a group stands for all of them. */
export const GROUP = 4;

/**
 * Scores of b queries against all rows, and the best of them: q · x − |x|²/2 falls as the distance grows (the query's own norm does not change
 * the order). Inputs: `q` [d, b] and `x` [n, d], which hold 1 and −|x|²/2 in their last dimension; `penalty` [n, 1], −∞ for rows that must not
 * be found and 0 for the others; `k` [1]. Output: `rows` int32 [b, k], best first.
 */
export function scoresProgram(): Program {
  const g = new GraphBuilder(undefined, 'exact-scores');
  const [q, x, penalty, k] = [g.input('q', ['d', 'b']), g.input('x', ['n', 'd']), g.input('penalty', ['n', 1]), g.input('k', [1], 'int64')];
  const scores = g.op('Transpose', [g.op('Add', [g.op('MatMul', [x, q]), penalty])], { perm: [1, 0] });
  const [, rows] = g.ops('TopK', [scores, k], { axis: 1, largest: 1, sorted: 1 }, 2);
  g.output(g.op('Cast', [rows!], { to: INT32 }, 'rows'), ['b', 'k'], 'int32');
  return Program.of(g.build());
}

/**
 * The same for many queries without a filter, in blocks whose scores never leave the cache: of each block only the best score of every group of
 * GROUP rows is kept. A row among the best k lies in one of the best k groups, so nothing is missed when all rows of these groups are measured.
 * Inputs: `q`, `k` as above, and the rows as `x0` … [blockRows, d]. Output: `groups` int32 [b, k], of which number g holds the rows from g · GROUP.
 */
export function blockedProgram(blocks: number, blockRows: number): Program {
  const g = new GraphBuilder(undefined, 'exact-blocks');
  const [q, k] = [g.input('q', ['d', 'b']), g.input('k', [1], 'int64')];
  const grouped = g.constant([blockRows / GROUP, GROUP, -1]);
  const best = Array.from({ length: blocks }, (_, block) => {
    const scores = g.op('MatMul', [g.input(`x${block}`, [blockRows, 'd']), q]);
    return g.op('ReduceMax', [g.op('Reshape', [scores, grouped]), g.constant([1])], { keepdims: 0 });
  });
  const byQuery = g.op('Transpose', [g.op('Concat', best, { axis: 0 })], { perm: [1, 0] });
  const [, groups] = g.ops('TopK', [byQuery, k], { axis: 1, largest: 1, sorted: 1 }, 2);
  g.output(g.op('Cast', [groups!], { to: INT32 }, 'groups'), ['b', 'k'], 'int32');
  return Program.of(g.build());
}

/** ONNX' number of the type. */
const INT32 = 6;
