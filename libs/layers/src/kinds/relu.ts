import { float, type Attributes } from '@noema/onnx';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import type { Value } from '../value.js';

const elementwise = (
  key: string,
  write: (scope: LayerScope, x: Value) => string,
): ReturnType<LayerKind['create']> => ({
  role: 'activation',
  masking: 'carries',
  activation: key,
  call(scope, inputs) {
    const x = scope.one(inputs);
    return { ...x, tensor: write(scope, x) };
  },
});

/** max(x, 0), bounded by `max_value`, with a slope below zero. */
export const relu: LayerKind = {
  key: 'ReLU',
  create(config) {
    const raw = config.raw('max_value');
    const bound = raw === undefined ? undefined : config.number('max_value', 0, { min: 0 });
    const slope = config.number('negative_slope', 0, { min: 0 });
    if (config.number('threshold', 0) !== 0)
      throw config.fail('has a threshold other than 0; use ThresholdedReLU');
    return elementwise('relu', (scope, x) => {
      const bent =
        slope === 0
          ? scope.like(x, 'Relu', [x.tensor])
          : scope.like(x, 'LeakyRelu', [x.tensor], { alpha: float(slope) });
      return bound === undefined ? bent : scope.like(x, 'Min', [bent, scope.constant(bound)]);
    });
  },
};

const withAlpha = (key: string, opType: string, fallback: number, names: readonly string[]): LayerKind => ({
  key,
  create(config) {
    const name = names.find((n) => config.raw(n) !== undefined) ?? names[0]!;
    const attributes: Attributes = { alpha: float(config.number(name, fallback)) };
    return elementwise(opType.toLowerCase(), (scope, x) => scope.like(x, opType, [x.tensor], attributes));
  },
});

/** x above zero, alpha · x below. */
export const leakyRelu = withAlpha('LeakyReLU', 'LeakyRelu', 0.3, ['alpha', 'negative_slope']);

/** x above zero, alpha · (eˣ − 1) below (Clevert et al., 2016). */
export const elu = withAlpha('ELU', 'Elu', 1, ['alpha']);

/** x above theta, zero below. */
export const thresholdedRelu: LayerKind = {
  key: 'ThresholdedReLU',
  create(config) {
    const theta = config.number('theta', 1, { min: 0 });
    return elementwise('thresholdedrelu', (scope, x) => {
      const above = scope.like(x, 'Greater', [x.tensor, scope.constant(theta)]);
      return scope.like(x, 'Mul', [x.tensor, scope.like(x, 'Cast', [above], { to: 1 })]);
    });
  },
};
