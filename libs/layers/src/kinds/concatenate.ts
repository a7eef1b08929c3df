import type { LayerKind } from '../layer.kind.js';
import { dimsOf, shapeText } from '../value.js';

/** The inputs side by side along an axis, the last one unless said otherwise. */
export const concatenate: LayerKind = {
  key: 'Concatenate',
  create(config) {
    const axis = config.integer('axis', { fallback: -1, min: -16 });
    return {
      role: 'plain',
      call(scope, inputs) {
        if (inputs.length < 2) throw scope.fail(`takes two inputs or more; ${inputs.length} are connected`);
        const parts = scope.aligned(inputs);
        const [head] = parts as [typeof parts[number]];
        const at = axis < 0 ? axis + head.shape.length : axis - 1;
        for (const { shape } of parts) {
          if (shape.length !== head.shape.length || shape.some((size, i) => i !== at && size !== head.shape[i])) throw scope.fail(`takes inputs that differ only along axis ${axis}; they are ${parts.map((part) => shapeText(part.shape)).join(' and ')}`);
        }
        const graphAxis = scope.axisOf(head, axis);
        const value = { ...head, shape: head.shape.map((size, i) => i === at ? parts.reduce((sum, { shape }) => sum + shape[i]!, 0) : size) };
        return { ...value, tensor: scope.op('Concat', parts.map(({ tensor }) => tensor), dimsOf(value), { axis: graphAxis }) };
      },
    };
  },
};
