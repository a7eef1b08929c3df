import type { LayerKind } from '../layer.kind.js';

/** The axes in another order; `dims` counts them from 1. */
export const permute: LayerKind = {
  key: 'Permute',
  create(config) {
    const dims = config.integers('dims');
    if (dims.toSorted((a, b) => a - b).some((d, i) => d !== i + 1))
      throw config.fail(`has dims [${dims.join(', ')}]; give each of 1 to ${dims.length} once`);
    return {
      role: 'plain',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs, dims.length));
        const shape = dims.map((d) => x.shape[d - 1]!);
        return {
          tensor: scope.op('Transpose', [x.tensor], ['n', ...shape], { perm: [0, ...dims] }),
          shape,
          layout: 'last',
        };
      },
    };
  },
};
