import type { LayerKind } from '../layer.kind.js';
import { type Value } from '../value.js';

/**
 * Boolean operations in which Keras 3 writes the masks of a model: `Embedding` with `mask_zero` and `Masking`
 * come with a NotEqual (and an Any), merged series with a LogicalOr, concatenated ones with all of these and
 * a Concatenate. A boolean is 1 or 0 as float32.
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
    if (axis !== -1 || config.flag('keepdims', false))
      throw config.fail(
        `has axis ${JSON.stringify(axis)}; only that of a mask is supported, -1 without keepdims`,
      );
    return {
      role: 'plain',
      masking: 'own',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs));
        const shape = x.shape.slice(0, -1);
        return {
          tensor: scope.op('ReduceMax', [x.tensor, scope.constant([-1])], ['n', ...shape], { keepdims: 0 }),
          shape,
          layout: 'last',
        };
      },
    };
  },
};

/** Whether one of two is true, of equal shapes or of shapes with 1 where they are repeated. */
export const logicalOr: LayerKind = {
  key: 'LogicalOr',
  create: () => ({
    role: 'plain',
    masking: 'own',
    call(scope, inputs) {
      const [a, b] = inputs.map((input) => scope.last(input)) as [Value, Value?];
      const fits =
        b !== undefined &&
        a.shape.length === b.shape.length &&
        a.shape.every((size, i) => size === b.shape[i] || size === 1 || b.shape[i] === 1);
      if (!fits) throw scope.fail('takes two inputs of the same shape');
      const shape = a.shape.map((size, i) => Math.max(size, b.shape[i]!));
      return { tensor: scope.op('Max', [a.tensor, b.tensor], ['n', ...shape]), shape, layout: 'last' };
    },
  }),
};

/** Adds a last axis to booleans. */
export const expandDims: LayerKind = {
  key: 'ExpandDims',
  create(config) {
    const axis = config.raw('axis');
    if (axis !== -1)
      throw config.fail(`has axis ${JSON.stringify(axis)}; only that of a mask is supported, -1`);
    return {
      role: 'plain',
      masking: 'own',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs));
        return scope.reshaped({ tensor: x.tensor, shape: x.shape, layout: x.layout }, [...x.shape, 1]);
      },
    };
  },
};

/** The same boolean in the shape of the input. */
function truthLike(key: string, value: 0 | 1): LayerKind {
  return {
    key,
    create(config) {
      const type = config.raw('dtype');
      if (type !== 'bool')
        throw config.fail(`has dtype ${JSON.stringify(type)}; only that of a mask is supported, "bool"`);
      return {
        role: 'plain',
        masking: 'own',
        call(scope, inputs) {
          const x = scope.last(scope.one(inputs));
          const zeros = scope.zeros(x, x.shape);
          return value === 0
            ? zeros
            : { ...zeros, tensor: scope.like(zeros, 'Add', [zeros.tensor, scope.constant(1)]) };
        },
      };
    },
  };
}

export const zerosLike = truthLike('ZerosLike', 0);
export const onesLike = truthLike('OnesLike', 1);
