import { Program } from '@noema/engine';
import { GraphBuilder } from '@noema/onnx';

/** Rows of a group in the blocked program: the best of a group stands for all of them until the groups are ranked. */
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
 * GROUP rows is kept. A row among the best k lies in one of the best k groups, so the rows of these groups are scored again, and nothing is missed.
 * Inputs: `q`, `k` as above, `x` [n, d], and its rows again as `x0` … [blockRows, d].
 */
export function blockedProgram(blocks: number, blockRows: number): Program {
  const g = new GraphBuilder(undefined, 'exact-blocks');
  const [q, x, k] = [g.input('q', ['d', 'b']), g.input('x', ['n', 'd']), g.input('k', [1], 'int64')];
  const grouped = g.constant([blockRows / GROUP, GROUP, -1]);
  const best = Array.from({ length: blocks }, (_, block) => {
    const scores = g.op('MatMul', [g.input(`x${block}`, [blockRows, 'd']), q]);
    return g.op('ReduceMax', [g.op('Reshape', [scores, grouped]), g.constant([1])], { keepdims: 0 });
  });
  const byQuery = g.op('Transpose', [g.op('Concat', best, { axis: 0 })], { perm: [1, 0] });
  const [, groups] = g.ops('TopK', [byQuery, k], { axis: 1, largest: 1, sorted: 0 }, 2);
  const inGroup = g.constant(Array.from({ length: GROUP }, (_, i) => i));
  const members = g.op('Add', [g.op('Unsqueeze', [g.op('Mul', [groups!, g.constant([GROUP])]), g.constant([2])]), inGroup]);
  const candidates = g.op('Flatten', [members], { axis: 1 });
  // [b, candidates, d] · [b, d, 1]
  const column = g.op('Unsqueeze', [g.op('Transpose', [q], { perm: [1, 0] }), g.constant([2])]);
  const again = g.op('Squeeze', [g.op('MatMul', [g.op('Gather', [x, candidates], { axis: 0 }), column]), g.constant([2])]);
  const [, at] = g.ops('TopK', [again, k], { axis: 1, largest: 1, sorted: 1 }, 2);
  g.output(g.op('Cast', [g.op('GatherElements', [candidates, at!], { axis: 1 })], { to: INT32 }, 'rows'), ['b', 'k'], 'int32');
  return Program.of(g.build());
}

/** ONNX' number of the type. */
const INT32 = 6;
