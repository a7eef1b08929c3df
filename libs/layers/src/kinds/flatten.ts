import { elementCount } from '@noema/onnx';
import type { LayerKind } from '../layer.kind.js';

/** All elements of a sample in one row, in Keras's order (channels last). */
export const flatten: LayerKind = {
  key: 'Flatten',
  create: () => ({
    role: 'plain',
    call: (scope, inputs) => scope.reshaped(scope.one(inputs), [elementCount(scope.one(inputs).shape)]),
  }),
};
