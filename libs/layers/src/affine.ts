import type { LayerScope } from './layer.scope.js';
import type { Value } from './value.js';

/** x · matrix + bias over the last axis. */
export function affine(scope: LayerScope, x: Value, matrix: string, width: number, bias?: string): Value {
  const shape = [...x.shape.slice(0, -1), width];
  const product: Value = {
    tensor: scope.op('MatMul', [x.tensor, matrix], ['n', ...shape]),
    shape,
    layout: 'last',
  };
  return bias === undefined
    ? product
    : { ...product, tensor: scope.like(product, 'Add', [product.tensor, bias]) };
}
