import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, type Value } from '../value.js';

/**
 * Batch normalisation (Ioffe & Szegedy, 2015): by the batch's own moments in training, by the moving ones
 * otherwise or when frozen.
 */
export const batchNormalization: LayerKind = {
  key: 'BatchNormalization',
  create(config) {
    const settings = read(config);
    return {
      role: 'normalization',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        const axis = scope.toAxis(x, settings.axis);
        const size = toDims(x)[axis] as number;
        const vector = (weight: string, trainable: boolean): string =>
          scope.parameter(weight, [size], { initializer: settings.initializers[weight]!, trainable });
        const gamma = settings.scale ? vector('gamma', true) : undefined;
        const beta = settings.center ? vector('beta', true) : undefined;
        const moving = { mean: vector('moving_mean', false), variance: vector('moving_variance', false) };
        const put = (v: string): string => scope.along(x, axis, v, size);
        const unit =
          scope.isTraining && scope.trainable
            ? byBatch(scope, x, { ...settings, axis, size })
            : byMoving(scope, x, { epsilon: settings.epsilon, size, moving, put });
        const scaled = gamma === undefined ? unit : scope.like(x, 'Mul', [unit, put(gamma)]);
        return { ...x, tensor: beta === undefined ? scaled : scope.like(x, 'Add', [scaled, put(beta)]) };
      },
    };
  },
};

function read(config: LayerConfig) {
  const axes = config.integers('axis', [-1]);
  // Keras 3 writes it also where renorm is off.
  config.raw('renorm_momentum');
  if (axes.length !== 1) throw config.fail(`has axis [${axes.join(', ')}]; give one`);
  return {
    axis: axes[0]!,
    momentum: config.number('momentum', 0.99, { min: 0 }),
    epsilon: config.number('epsilon', 1e-3, { min: 0 }),
    center: config.flag('center', true),
    scale: config.flag('scale', true),
    initializers: {
      gamma: config.initializer('gamma_initializer', 'ones'),
      beta: config.initializer('beta_initializer', 'zeros'),
      moving_mean: config.initializer('moving_mean_initializer', 'zeros'),
      moving_variance: config.initializer('moving_variance_initializer', 'ones'),
    } as Record<string, ReturnType<LayerConfig['initializer']>>,
  };
}

interface Moving {
  readonly mean: string;
  readonly variance: string;
}

function byMoving(
  scope: LayerScope,
  x: Value,
  {
    epsilon,
    size,
    moving,
    put,
  }: { epsilon: number; size: number; moving: Moving; put: (vector: string) => string },
): string {
  const deviation = scope.op(
    'Sqrt',
    [scope.op('Add', [moving.variance, scope.constant(epsilon)], [size])],
    [size],
  );
  return scope.like(x, 'Div', [scope.like(x, 'Sub', [x.tensor, put(moving.mean)]), put(deviation)]);
}

function byBatch(
  scope: LayerScope,
  x: Value,
  { axis, size, epsilon, momentum }: { axis: number; size: number; epsilon: number; momentum: number },
): string {
  const dims = toDims(x);
  const axes = scope.constant(dims.map((_, i) => i).filter((i) => i !== axis));
  const kept = dims.map((_, i) => (i === axis ? size : 1));
  const mean = scope.op('ReduceMean', [x.tensor, axes], kept, { keepdims: 1 });
  const centred = scope.like(x, 'Sub', [x.tensor, mean]);
  const variance = scope.op('ReduceMean', [scope.like(x, 'Mul', [centred, centred]), axes], kept, {
    keepdims: 1,
  });
  const follow = (weight: string, batch: string): void => {
    const flat = scope.op('Reshape', [batch, scope.constant([size])], [size]);
    const part = (tensor: string, share: number): string =>
      scope.op('Mul', [tensor, scope.constant(share)], [size]);
    scope.follow(weight, (current) =>
      scope.op('Add', [part(current, momentum), part(flat, 1 - momentum)], [size]),
    );
  };
  follow('moving_mean', mean);
  follow('moving_variance', variance);
  const deviation = scope.op('Sqrt', [scope.op('Add', [variance, scope.constant(epsilon)], kept)], kept);
  return scope.like(x, 'Div', [centred, deviation]);
}
