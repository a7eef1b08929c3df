import { float32 } from '@noema/onnx';
import type { LayerKind } from '../layer.kind.js';

/**
 * Whole numbers below `num_tokens` as a vector of that size: which one it is, which ones occur, or how often
 * each occurs.
 */
export const categoryEncoding: LayerKind = {
  key: 'CategoryEncoding',
  create(config) {
    const size = config.integer('num_tokens');
    const mode = config.choice('output_mode', ['multi_hot', 'one_hot', 'count'], 'multi_hot');
    config.raw('sparse');
    return {
      role: 'plain',
      call(scope, inputs) {
        const x = scope.one(inputs, 1);
        const count = x.shape[0]!;
        if (mode === 'one_hot' && count !== 1)
          throw scope.fail(`has output_mode one_hot and takes one number; its input is [${count}]`);
        const numbers = scope.like(x, 'Cast', [x.tensor], { to: 7 });
        const each = scope.op(
          'OneHot',
          [numbers, scope.index(size), scope.constant(float32([0, 1]))],
          ['n', count, size],
          { axis: -1 },
        );
        const tensor = scope.op(
          mode === 'count' ? 'ReduceSum' : 'ReduceMax',
          [each, scope.constant([1])],
          ['n', size],
          { keepdims: 0 },
        );
        return { tensor, shape: [size], layout: 'last' };
      },
    };
  },
};
