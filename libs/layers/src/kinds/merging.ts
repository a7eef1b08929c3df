import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, shapeText, type Value } from '../value.js';

interface Merge {
  readonly opType: string;
  readonly masking?: 'carries-keras-2';
  /** How many inputs it takes at most. */
  readonly most?: number;
  readonly finish?: (scope: LayerScope, merged: Value, count: number) => string;
}

/**
 * Element by element over two or more inputs of the same shape, or of shapes with 1 where they are repeated.
 */
function merging(key: string, { opType, masking, most = Infinity, finish }: Merge): LayerKind {
  return {
    key,
    create: () => ({
      role: 'plain',
      masking: masking ?? 'carries',
      call(scope, inputs) {
        if (inputs.length < 2 || inputs.length > most)
          throw scope.fail(
            `takes ${most === 2 ? 'two inputs' : 'two inputs or more'}; ${inputs.length} are connected`,
          );
        const merged = scope.aligned(inputs).reduce((a, b) => {
          const value = { ...a, shape: broadcast(scope, a, b) };
          return { ...value, tensor: scope.op(opType, [a.tensor, b.tensor], toDims(value)) };
        });
        return finish === undefined ? merged : { ...merged, tensor: finish(scope, merged, inputs.length) };
      },
    }),
  };
}

function broadcast(scope: LayerScope, a: Value, b: Value): number[] {
  const fits =
    a.shape.length === b.shape.length &&
    a.shape.every((size, i) => size === b.shape[i] || size === 1 || b.shape[i] === 1);
  if (!fits)
    throw scope.fail(`takes inputs of one shape; they are ${shapeText(a.shape)} and ${shapeText(b.shape)}`);
  return a.shape.map((size, i) => Math.max(size, b.shape[i]!));
}

export const add = merging('Add', { opType: 'Add' });
export const subtract = merging('Subtract', { opType: 'Sub', most: 2 });
export const multiply = merging('Multiply', { opType: 'Mul' });
// In Keras 3, a masked step of one input takes the value of the other.
export const maximum = merging('Maximum', { opType: 'Max', masking: 'carries-keras-2' });
export const minimum = merging('Minimum', { opType: 'Min', masking: 'carries-keras-2' });
export const average = merging('Average', {
  opType: 'Add',
  finish: (scope, sum, count) => scope.like(sum, 'Mul', [sum.tensor, scope.constant(1 / count)]),
});
