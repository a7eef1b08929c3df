import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { shapeText, type Value } from '../value.js';

/**
 * Sums products of two inputs along one axis of each, sample by sample. `normalize` turns them into cosines.
 */
export const dot: LayerKind = {
  key: 'Dot',
  create(config) {
    const given = config.integers('axes');
    const normalize = config.flag('normalize', false);
    if (given.length > 2)
      throw config.fail(`has axes [${given.join(', ')}]; give one, or one for each input`);
    return {
      role: 'plain',
      call(scope, inputs) {
        if (inputs.length !== 2) throw scope.fail(`takes two inputs; ${inputs.length} are connected`);
        const [a, b] = inputs.map((input) => scope.last(input)) as [Value, Value];
        if ([a, b].some(({ shape }) => shape.length < 1 || shape.length > 2))
          throw scope.fail(
            `takes vectors or matrices; they are ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
          );
        const [p, q] = [scope.toAxis(a, given[0]!), scope.toAxis(b, given.at(-1)!)];
        if (a.shape[p - 1] !== b.shape[q - 1])
          throw scope.fail(
            `takes inputs of one size along its axes; ${shapeText(a.shape)} along ${p} is not ` +
              `${shapeText(b.shape)} along ${q}`,
          );
        const unit = (x: Value, axis: number): Value => (normalize ? unitLength(scope, x, axis) : x);
        const [left, right] = [matrix(scope, unit(a, p), p, 'last'), matrix(scope, unit(b, q), q, 'first')];
        const product: Value = {
          tensor: scope.op('MatMul', [left.tensor, right.tensor], ['n', left.shape[0]!, right.shape[1]!]),
          shape: [left.shape[0]!, right.shape[1]!],
          layout: 'last',
        };
        const rest = [...a.shape.filter((_, i) => i !== p - 1), ...b.shape.filter((_, i) => i !== q - 1)];
        return scope.reshaped(product, rest.length === 0 ? [1] : rest);
      },
    };
  },
};

/**
 * Converts to a matrix with the given axis last or first. A vector becomes a matrix with one row or column.
 */
function matrix(scope: LayerScope, x: Value, axis: number, at: 'first' | 'last'): Value {
  const size = x.shape[axis - 1]!;
  if (x.shape.length === 1) return scope.reshaped(x, at === 'last' ? [1, size] : [size, 1]);
  if ((axis === 2) === (at === 'last')) return x;
  const shape = x.shape.toReversed();
  return {
    tensor: scope.op('Transpose', [x.tensor], ['n', ...shape], { perm: [0, 2, 1] }),
    shape,
    layout: 'last',
  };
}

function unitLength(scope: LayerScope, x: Value, axis: number): Value {
  const kept = ['n', ...x.shape.map((size, i) => (i === axis - 1 ? 1 : size))];
  const squares = scope.op(
    'ReduceSum',
    [scope.like(x, 'Mul', [x.tensor, x.tensor]), scope.constant([axis])],
    kept,
    { keepdims: 1 },
  );
  const length = scope.op('Sqrt', [scope.op('Max', [squares, scope.constant(1e-12)], kept)], kept);
  return { ...x, tensor: scope.like(x, 'Div', [x.tensor, length]) };
}
