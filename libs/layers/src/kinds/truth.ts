import type { LayerKind } from '../layer.kind.js';
import { type Value } from '../value.js';

/**
 * Operations on truth values by which Keras 3 writes the masks of a model: `Embedding` with `mask_zero` and `Masking` come with a NotEqual (and an Any),
 * merged series with a LogicalOr. A truth value is 1 or 0 as float32.
 */

/** Where the input is not a number. */
export const notEqual: LayerKind = {
  key: 'NotEqual',
  create: () => ({
    role: 'plain',
    masking: 'own',
    arguments: ['x2'],
    call(scope, inputs, { x2: number } = {}) {
      const { keep: _, ...x } = scope.last(scope.one(inputs));
      if (typeof number !== 'number') throw scope.fail('compares two tensors; compare one with a number');
      const differs = scope.like(x, 'Not', [scope.like(x, 'Equal', [x.tensor, scope.constant(number)])]);
      return { ...x, tensor: scope.like(x, 'Cast', [differs], { to: 1 }) };
    },
  }),
};

/** Whether one of the last axis is true. */
export const any: LayerKind = {
  key: 'Any',
  create(config) {
    const axis = config.raw('axis');
    if (axis !== -1 || config.flag('keepdims', false)) throw config.fail(`has axis ${JSON.stringify(axis)}; only that of a mask is supported, -1 without keepdims`);
    return {
      role: 'plain',
      masking: 'own',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs)), shape = x.shape.slice(0, -1);
        return { tensor: scope.op('ReduceMax', [x.tensor, scope.constant([-1])], ['n', ...shape], { keepdims: 0 }), shape, layout: 'last' };
      },
    };
  },
};

/** Whether one of two is true. */
export const logicalOr: LayerKind = {
  key: 'LogicalOr',
  create: () => ({
    role: 'plain',
    masking: 'own',
    call(scope, inputs) {
      const [a, b] = inputs.map((input) => scope.last(input)) as [Value, Value?];
      if (b === undefined || a.shape.join() !== b.shape.join()) throw scope.fail('takes two inputs of the same shape');
      return { tensor: scope.like(a, 'Max', [a.tensor, b.tensor]), shape: a.shape, layout: 'last' };
    },
  }),
};
