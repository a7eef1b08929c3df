import { elementCount } from '@noema/onnx';
import type { LayerKind } from '../layer.kind.js';

/** Reshapes the input. One dimension may be −1 and is inferred. */
export const reshape: LayerKind = {
  key: 'Reshape',
  create(config) {
    const raw = config.raw('target_shape');
    // TF.js writes the open dimension as null.
    const target =
      Array.isArray(raw) && raw.every((d) => d === null || Number.isSafeInteger(d))
        ? raw.map((d) => (d as number | null) ?? -1)
        : config.integers('target_shape');
    if (target.filter((d) => d === -1).length > 1 || target.some((d) => d < 1 && d !== -1))
      throw config.fail(
        `has target_shape [${target.join(', ')}]; give positive whole numbers, at most one of them -1`,
      );
    return {
      role: 'plain',
      call(scope, inputs) {
        const x = scope.one(inputs);
        const open = elementCount(x.shape) / elementCount(target.filter((d) => d !== -1));
        return scope.reshaped(
          x,
          target.map((d) => (d === -1 ? Math.floor(open) : d)),
        );
      },
    };
  },
};
